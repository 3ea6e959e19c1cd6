internal import Schema

extension FeatureFamily {
    /// A family of indicators over bars.
    ///
    /// - Parameters:
    ///   - outputs: Names and meanings of the indicator's lines, in their order.
    ///   - group: Where a reader looks for it.
    ///   - parameters: Names and standard values, in the order in which they stand in a feature's name.
    ///   - rising: The parameters, by their places, that must rise.
    ///   - minimum: The least that a whole parameter may be.
    ///   - source: Where it is described.
    ///   - cost: What a bar costs.
    ///   - revision: Of its values.
    ///   - observes: Whether it looks at what happens between bars too.
    ///   - mayBeMissing: Whether it is `NaN` where there is nothing of that; by itself, if it observes.
    ///   - make: The indicator, given the parameters and the timeframe of the bars.
    /// - Returns: The entry.
    static func bars(
        _ outputs: KeyValuePairs<String, String>, _ group: Group,
        _ parameters: KeyValuePairs<String, StandardValue> = [:],
        rising: Range<Int> = 0..<0, minimum: Int = 1, source: String, cost: Cost = .constant, revision: Int = 1,
        observes: Bool = false, mayBeMissing: Bool? = nil,
        _ make: @escaping @Sendable (ParameterValues, Timeframe) -> any BarIndicator
    ) -> Self {
        Self(
            group: group, parameters: parameters.map(Parameter.init),
            outputs: outputs.map { Output(name: $0, meaning: $1) }, source: source, cost: cost, revision: revision,
            mayBeMissing: mayBeMissing ?? observes, rising: rising, minimum: minimum,
            computation: .bars(observes: observes, make))
    }

    /// A family of indicators over the primary bars of all instruments; the parameters are as in ``bars(_:_:_:rising:minimum:source:cost:revision:observes:mayBeMissing:_:)``.
    static func basket(
        _ outputs: KeyValuePairs<String, String>, _ parameters: KeyValuePairs<String, StandardValue> = [:],
        minimum: Int = 1, source: String, revision: Int = 1,
        _ make: @escaping @Sendable (ParameterValues) -> any BasketIndicator
    ) -> Self {
        Self(
            group: .basket, parameters: parameters.map(Parameter.init),
            outputs: outputs.map { Output(name: $0, meaning: $1) }, source: source, cost: .constant, revision: revision,
            mayBeMissing: false, rising: 0..<0, minimum: minimum, computation: .basket(make))
    }

    /// A feature made of others.
    ///
    /// - Parameters:
    ///   - name: Of the feature.
    ///   - meaning: What it says.
    ///   - group: Where a reader looks for it.
    ///   - parameters: Names and standard values, in the order in which they stand in the feature's name.
    ///   - rising: The parameters, by their places, that must rise.
    ///   - source: Where it is described.
    ///   - revision: Of its values.
    ///   - operands: The names of the others.
    ///   - value: What is made of them.
    /// - Returns: The entry.
    static func formula(
        _ name: String, _ meaning: String, _ group: Group, _ parameters: KeyValuePairs<String, StandardValue> = [:],
        rising: Range<Int> = 0..<0, source: String, revision: Int = 1,
        of operands: @escaping @Sendable (ParameterValues, FormulaPlace) -> [String],
        _ value: @escaping @Sendable (Operands) -> Double
    ) -> Self {
        Self(
            group: group, parameters: parameters.map(Parameter.init),
            outputs: [Output(name: name, meaning: meaning)], source: source, cost: .constant, revision: revision,
            mayBeMissing: false, rising: rising, minimum: 1,
            computation: .formula(Formula(operands: operands, value: value)))
    }

    /// A quotient, or `otherwise` when the divisor is zero: a market that does not move has no scale.
    static func ratio(_ value: Double, _ divisor: Double, otherwise: Double = 0) -> Double {
        divisor == 0 && !value.isNaN ? otherwise : value / divisor
    }

    /// −1, 0 or 1; `NaN` stays `NaN`.
    static func direction(_ value: Double) -> Double { value > 0 ? 1 : value < 0 ? -1 : value }
}

extension FeatureFamily.Parameter {
    init(name: String, standard: StandardValue) {
        switch standard {
        case .whole(let value): self.init(name: name, standard: Double(value), isWhole: true)
        case .decimal(let value): self.init(name: name, standard: value, isWhole: false)
        }
    }
}
