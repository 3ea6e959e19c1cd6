#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Realised volatility of the newest closes over that of many; 1 where those did not move.
public struct VolatilityRatio: BarIndicator {
    private var short: RealisedVolatility
    private var long: RealisedVolatility

    /// - Parameters:
    ///   - short: Returns in the short window.
    ///   - long: Returns in the long one.
    public init(short: Int, long: Int) {
        precondition(short < long, "the short window must be shorter")
        self.short = RealisedVolatility(length: short, perYear: 1)
        self.long = RealisedVolatility(length: long, perYear: 1)
    }

    public var warmUp: Int { long.warmUp }

    @inline(__always)
    public mutating func hold() {
        short.hold()
        long.hold()
    }

    @inline(__always)
    public mutating func update(_ close: Double) -> Double {
        let logarithm = log(close)
        let newest = short.update(logarithm: logarithm).deviation
        let many = long.update(logarithm: logarithm).deviation
        return many == 0 ? 1 : newest / many
    }
}
