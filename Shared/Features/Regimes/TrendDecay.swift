#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How long a trend has lasted, and its strength less what age takes from it.
///
/// A trend begins where a fast average crosses a slow one. Its age is told as the logarithm of one plus the bars since; its
/// strength is ADX over 100, halved with each half-life of its age, and signed by its direction: −1…1.
public struct TrendDecay: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let age: Double
        public let strength: Double

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? age : strength }
    }

    private let halfLife: Double
    private var fast: ExponentialMovingAverage
    private var slow: ExponentialMovingAverage
    private var movement: DirectionalMovement
    private var direction = 0.0
    private var bars = 0.0

    /// - Parameters:
    ///   - fast: Bars of the fast average.
    ///   - slow: Bars of the slow one.
    ///   - strength: Bars of the average directional index.
    ///   - halfLife: Bars in which age takes half of a trend's strength.
    public init(fast: Int, slow: Int, strength: Int, halfLife: Int) {
        self.fast = ExponentialMovingAverage(length: fast)
        self.slow = ExponentialMovingAverage(length: slow)
        movement = DirectionalMovement(length: strength)
        self.halfLife = Double(halfLife)
    }

    public var warmUp: Int { max(slow.warmUp, movement.warmUp) }
    public func warmUp(ofLine line: Int) -> Int { line == 0 ? slow.warmUp : warmUp }

    public mutating func update(_ bar: Bar) -> Lines {
        let strength = movement.update(bar).strength
        let difference = fast.update(bar.close) - slow.update(bar.close)
        guard !difference.isNaN else { return Lines(age: .nan, strength: .nan) }
        let now = difference > 0 ? 1.0 : difference < 0 ? -1 : direction
        bars = now == direction ? bars + 1 : 0
        direction = now
        return Lines(age: log1p(bars), strength: direction * strength / 100 * exp2(-bars / halfLife))
    }
}
