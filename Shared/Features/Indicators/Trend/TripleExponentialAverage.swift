/// Three exponential averages, one of the other, combined so that their lags cancel (TEMA).
///
/// P. Mulloy, "Smoothing Data with Less Lag", Stocks & Commodities 12:2, 1994.
public struct TripleExponentialAverage: BarIndicator {
    private var chain: ExponentialChain

    public init(length: Int) { chain = ExponentialChain(length: length) }

    public var warmUp: Int { chain.warmUp }

    @inline(__always)
    public mutating func update(_ value: Double) -> Double {
        let averages = chain.update(value)
        return 3 * averages.once - 3 * averages.twice + averages.thrice
    }
}

/// An exponential average, the average of that, and the average of that again.
struct ExponentialChain: StreamingIndicator {
    struct Averages: Sendable {
        let once: Double
        let twice: Double
        /// `NaN` until it is there; the others may be there before.
        let thrice: Double
    }

    private var first: ExponentialMovingAverage
    private var second: ExponentialMovingAverage
    private var third: ExponentialMovingAverage

    init(length: Int) {
        first = ExponentialMovingAverage(length: length)
        second = first
        third = first
    }

    var warmUp: Int { 3 * first.warmUp - 2 }

    @inline(__always)
    mutating func update(_ value: Double) -> Averages {
        let once = first.update(value)
        guard !once.isNaN else { return Averages(once: .nan, twice: .nan, thrice: .nan) }
        let twice = second.update(once)
        guard !twice.isNaN else { return Averages(once: once, twice: .nan, thrice: .nan) }
        return Averages(once: once, twice: twice, thrice: third.update(twice))
    }
}
