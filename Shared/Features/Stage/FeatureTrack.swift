internal import Market
internal import Schema

/// What is remembered of one instrument.
struct FeatureTrack: Codable, Sendable, Equatable {
    /// The primary candle that closed last and has no vector yet.
    struct Pending: Codable, Sendable, Equatable {
        let openTime: UnixNanos
        let closeTime: UnixNanos
        let position: FeedPosition
    }

    let instrument: Instrument
    /// In the order of the plan's sources.
    private(set) var indicators: [StoredIndicator]
    /// In the order of the plan's slots, as of the newest bars.
    private(set) var values: ExactDoubles
    /// Bars taken of each timeframe.
    private(set) var counts: [Int]
    var pending: Pending?

    init(_ instrument: Instrument, plan: FeaturePlan) {
        self.instrument = instrument
        indicators = plan.sources.map { StoredIndicator(name: $0.name, indicator: $0.indicator) }
        values = ExactDoubles(values: Array(repeating: .nan, count: plan.warmUps.count))
        counts = plan.timeframes.map { _ in 0 }
    }

    /// Whether it was made by this plan.
    func fits(_ plan: FeaturePlan) -> Bool {
        indicators.map(\.name) == plan.sources.map(\.name) && values.values.count == plan.warmUps.count
            && counts.count == plan.timeframes.count
    }

    /// Takes a bar of one of the plan's timeframes.
    mutating func take(_ bar: Bar, timeframe: Int, plan: FeaturePlan) {
        counts[timeframe] += 1
        for source in plan.sourcesOfTimeframe[timeframe] {
            indicators[source].indicator.step(bar, into: &values.values, at: plan.sources[source].slot)
        }
    }

    /// Takes something that happened between bars.
    mutating func observe(_ event: MarketEvent, plan: FeaturePlan) {
        for source in plan.observers { indicators[source].indicator.observe(event) }
    }

    /// Takes the lines of an indicator over all instruments.
    mutating func take(_ lines: [Double], at slot: Int) {
        for (number, value) in lines.enumerated() { values.values[slot + number] = value }
    }

    /// Brings the formulas up to the newest bars.
    mutating func evaluate(_ plan: FeaturePlan, at time: UnixNanos) {
        // The values move there and back, so that nothing is copied.
        var operands = Operands(values: [], slots: [], time: time)
        swap(&operands.values, &values.values)
        for step in plan.steps {
            operands.slots = step.operands
            operands.values[step.slot] = step.value(operands)
        }
        swap(&operands.values, &values.values)
    }

    func isWarm(_ warmUps: [Int]) -> Bool { zip(counts, warmUps).allSatisfy { $0 >= $1 } }
}
