internal import Schema

/// How a feature set is computed: the indicators that run over bars, and the formulas that follow them.
///
/// Every number has a slot of its own. What several features need is computed once.
struct FeaturePlan: Sendable {
    /// An indicator over the bars of one timeframe.
    struct Source: Sendable {
        /// Of its first line; identifies it.
        let name: String
        /// The place of its timeframe in ``FeaturePlan/timeframes``.
        let timeframe: Int
        let indicator: any BarIndicator
        /// Of its first line; the others follow.
        let slot: Int
    }

    /// An indicator over the primary bars of all instruments.
    struct BasketSource: Sendable {
        /// Of its first line; identifies it.
        let name: String
        let indicator: any BasketIndicator
        /// Of its first line; the others follow.
        let slot: Int
    }

    /// One of the indicators over a timeframe.
    struct Run: Sendable {
        /// Its place in ``FeaturePlan/sources``.
        let source: Int
        /// Of its first line.
        let slot: Int
    }

    /// A formula, after everything that it depends on.
    struct Step: Sendable {
        /// The places of its operands' slots in ``FeaturePlan/operands``.
        let operands: Range<Int>
        let value: @Sendable (Operands) -> Double
        let slot: Int
    }

    /// The primary one first, then the longer ones, shortest first.
    let timeframes: [Timeframe]
    private(set) var sources: [Source] = []
    /// For each timeframe its indicators.
    private(set) var runs: [[Run]]
    /// The places of those that look at what happens between bars.
    private(set) var observers: [Int] = []
    private(set) var baskets: [BasketSource] = []
    private(set) var steps: [Step] = []
    /// The slots of the operands of one formula after the other.
    private(set) var operands: [Int] = []
    /// For each slot, the bars of each timeframe until its first value; 0 where it does not look at that.
    private(set) var warmUps: [[Int]] = []
    /// What decides the values, line by line.
    private(set) var description = ""
    private var slots: [String: Int] = [:]

    init(primary: Timeframe, higher: [Timeframe]) {
        timeframes = [primary] + higher
        runs = timeframes.map { _ in [] }
    }

    /// The slot of a feature, made if it is not there yet, and the feature's description.
    mutating func slot(of text: String, at timeframe: Timeframe? = nil) throws(FeaturesError) -> (Int, Feature) {
        let name = try FeatureName(parsing: text)
        guard let (family, line) = FeatureCatalogue.family(of: name.output) else {
            throw .name(text, reason: "there is none of this name")
        }
        let timeframe = name.timeframe ?? timeframe ?? timeframes[0]
        guard let place = timeframes.firstIndex(of: timeframe) else {
            throw .name(text, reason: "\(timeframe.rawValue) is none of the timeframes of the feature set")
        }
        let parameters = try family.values(name.parameters, of: text)
        func full(_ line: Int) -> String {
            FeatureName.text(family.outputs[line].name, parameters.numbers) + "@" + timeframe.rawValue
        }
        if slots[full(line)] == nil {
            description += "\(full(0)) \(family.revision)\n"
            switch family.computation {
            case .bars(let observes, let make):
                if observes { observers.append(sources.count) }
                add(make(parameters, timeframe), named: family.outputs.indices.map(full), at: place)
            case .basket(let make):
                guard place == 0 else {
                    throw .name(text, reason: "all instruments are compared at the primary timeframe")
                }
                add(make(parameters), named: family.outputs.indices.map(full))
            case .formula(let formula):
                try add(formula, parameters, named: full(line), at: timeframe)
            }
        }
        // It has just been made if it was not there.
        let slot = slots[full(line)]!
        let short = place == 0 ? FeatureName.text(name.output, parameters.numbers) : full(line)
        return (slot, feature(short, family, line, parameters, slot))
    }

    /// Brings the formulas up to the values of their operands.
    ///
    /// - Parameters:
    ///   - values: Of all slots.
    ///   - time: When the primary candle closed.
    func evaluate(_ values: UnsafeMutablePointer<Double>, at time: UnixNanos) {
        // In place, since what is copied out of an array is counted.
        operands.withUnsafeBufferPointer { slots in
            steps.withUnsafeBufferPointer { steps in
                for index in steps.indices {
                    let operands = Operands(
                        values: values, slots: UnsafeBufferPointer(rebasing: slots[steps[index].operands]), time: time)
                    values[steps[index].slot] = steps[index].value(operands)
                }
            }
        }
    }

    private mutating func add(_ indicator: any BarIndicator, named names: [String], at place: Int) {
        runs[place].append(Run(source: sources.count, slot: warmUps.count))
        sources.append(Source(name: names[0], timeframe: place, indicator: indicator, slot: warmUps.count))
        for (line, name) in names.enumerated() {
            slots[name] = warmUps.count
            warmUps.append(timeframes.indices.map { $0 == place ? indicator.warmUp(ofLine: line) : 0 })
        }
    }

    private mutating func add(_ indicator: any BasketIndicator, named names: [String]) {
        baskets.append(BasketSource(name: names[0], indicator: indicator, slot: warmUps.count))
        for name in names {
            slots[name] = warmUps.count
            warmUps.append(timeframes.indices.map { $0 == 0 ? indicator.warmUp : 0 })
        }
    }

    private mutating func add(
        _ formula: Formula, _ parameters: ParameterValues, named name: String, at timeframe: Timeframe
    ) throws(FeaturesError) {
        let place = FormulaPlace(
            timeframe: timeframe, primary: timeframes[0], higher: Array(timeframes.dropFirst()))
        var operands: [Int] = []
        for operand in formula.operands(parameters, place) { operands.append(try slot(of: operand, at: timeframe).0) }
        slots[name] = warmUps.count
        let places = self.operands.count..<self.operands.count + operands.count
        self.operands += operands
        steps.append(Step(operands: places, value: formula.value, slot: warmUps.count))
        warmUps.append(timeframes.indices.map { place in operands.map { warmUps[$0][place] }.max() ?? 0 })
    }

    private func feature(
        _ name: String, _ family: FeatureFamily, _ line: Int, _ parameters: ParameterValues, _ slot: Int
    ) -> Feature {
        Feature(
            name: name, group: family.group,
            parameters: zip(family.parameters, parameters.numbers).map {
                Feature.Parameter(name: $0.name, value: $1)
            },
            warmUps: zip(timeframes, warmUps[slot]).filter { $1 > 0 }.map { Feature.WarmUp(timeframe: $0, bars: $1) },
            meaning: family.outputs[line].meaning, source: family.source, cost: family.cost,
            mayBeMissing: family.mayBeMissing)
    }
}
