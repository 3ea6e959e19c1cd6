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
    private(set) var bank: IndicatorBank
    /// In the order of the plan's slots, as of the newest bars.
    private(set) var values: ExactDoubles
    /// Bars taken of each timeframe.
    private(set) var counts: [Int]
    var pending: Pending?

    /// As snapshots have them.
    private enum CodingKeys: String, CodingKey {
        case instrument, values, counts, pending
        case bank = "indicators"
    }

    init(_ instrument: Instrument, plan: FeaturePlan) {
        self.instrument = instrument
        bank = IndicatorBank(plan.sources.map { StoredIndicator(name: $0.name, indicator: $0.indicator) })
        values = ExactDoubles(values: Array(repeating: .nan, count: plan.warmUps.count))
        counts = plan.timeframes.map { _ in 0 }
    }

    /// Whether it was made by this plan.
    func fits(_ plan: FeaturePlan) -> Bool {
        bank.indicators.map(\.name) == plan.sources.map(\.name) && values.values.count == plan.warmUps.count
            && counts.count == plan.timeframes.count
    }

    /// Takes a bar of one of the plan's timeframes.
    ///
    /// - Parameters:
    ///   - bar: The bar.
    ///   - timeframe: The place of its timeframe in the plan.
    ///   - runs: The indicators over that timeframe.
    mutating func take(_ bar: Bar, timeframe: Int, running runs: [FeaturePlan.Run]) {
        counts[timeframe] += 1
        // A set has a close, at the least.
        func step(_ bank: inout IndicatorBank, _ values: inout [Double]) {
            values.withUnsafeMutableBufferPointer { bank.step(runs, over: bar, into: $0.baseAddress!) }
        }
        step(&bank, &values.values)
    }

    /// Takes something that happened between bars, for these indicators.
    mutating func observe(_ event: MarketEvent, by sources: [Int]) { bank.observe(event, by: sources) }

    /// Takes the lines of an indicator over all instruments.
    mutating func take(_ lines: [Double], at slot: Int) {
        for (number, value) in lines.enumerated() { values.values[slot + number] = value }
    }

    /// The vector of the candle that waits for it, as of the newest bars.
    mutating func vector(_ pending: Pending, of featureSet: FeatureSet) -> FeatureVector {
        let numbers = values.values.withUnsafeMutableBufferPointer { values in
            // A set has a close, at the least.
            featureSet.plan.evaluate(values.baseAddress!, at: pending.closeTime)
            return featureSet.slots.map { values[$0] }
        }
        return FeatureVector(
            instrument: instrument, timeframe: featureSet.primary, openTime: pending.openTime, asOf: pending.closeTime,
            featureSet: featureSet.id, referencePrice: values.values[featureSet.closeSlot],
            volatility: values.values[featureSet.volatilitySlot], values: numbers)
    }

    func isWarm(_ warmUps: [Int]) -> Bool { zip(counts, warmUps).allSatisfy { $0 >= $1 } }
}
