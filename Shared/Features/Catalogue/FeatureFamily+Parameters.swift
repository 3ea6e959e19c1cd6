extension FeatureFamily {
    /// The parameters that a name gives, or the standard ones where it gives none.
    func values(_ given: [Double], of text: String) throws(FeaturesError) -> ParameterValues {
        guard !given.isEmpty else { return ParameterValues(numbers: parameters.map(\.standard)) }
        guard given.count == parameters.count else {
            let names = parameters.isEmpty ? "no parameters" : parameters.map(\.name).joined(separator: ", ")
            throw .name(text, reason: "it has \(names)")
        }
        for (parameter, value) in zip(parameters, given) {
            guard value <= 1e6, parameter.isWhole || value > 0 else {
                throw .name(text, reason: "\(parameter.name) is out of range")
            }
            guard !parameter.isWhole || value == value.rounded() && value >= Double(minimum) else {
                throw .name(text, reason: "\(parameter.name) must be a whole number of at least \(minimum)")
            }
        }
        for (first, second) in zip(rising, rising.dropFirst()) where given[first] >= given[second] {
            throw .name(text, reason: "\(parameters[first].name) must be less than \(parameters[second].name)")
        }
        return ParameterValues(numbers: given)
    }

    /// Whether it runs over the bars of one timeframe, whichever.
    var isOverBars: Bool {
        if case .bars = computation { true } else { false }
    }
}
