#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Hurst's exponent of the newest closes by the deviation over lags of 2 to 20 bars, as far as they have them, computed every `interval` bars and kept in
/// between; 0.5 where the price does not move.
public struct RollingHurst: BarIndicator {
    private let interval: Int
    private var levels: RollingWindow
    private var exponent = 0.5
    private var sinceLast = 0

    /// - Parameters:
    ///   - length: Closes that are looked at; at least 5.
    ///   - interval: Bars from one estimate to the next.
    public init(length: Int, interval: Int) {
        precondition(length > 4, "an exponent needs two lags")
        self.interval = interval
        levels = RollingWindow(length)
    }

    public var warmUp: Int { levels.length }

    @inline(__always)
    public mutating func hold() { levels.hold() }

    public mutating func update(_ close: Double) -> Double {
        levels.push(log(close))
        guard levels.isFull else { return .nan }
        if sinceLast == 0 {
            let estimate = HurstExponent.lagDeviation(
                (0..<levels.length).reversed().map { levels.recent($0) }, lags: Array(2...min(20, levels.length - 2)))
            exponent = estimate.isFinite ? estimate : 0.5
        }
        sinceLast = sinceLast + 1 == interval ? 0 : sinceLast + 1
        return exponent
    }
}
