/// Change of the close over some bars: as a fraction (TA-Lib's ROCP), in percent (ROC), and in the price's unit (MOM).
public struct RateOfChange: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        let close: Double
        let before: Double

        public var fraction: Double { close / before - 1 }
        public var difference: Double { close - before }
        public var percent: Double { 100 * fraction }

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: fraction
            case 1: percent
            default: difference
            }
        }
    }

    private var window: RollingWindow

    public init(length: Int) { window = RollingWindow(length) }

    public var warmUp: Int { window.length + 1 }

    @inline(__always)
    public mutating func hold() { window.hold() }

    @inline(__always)
    public mutating func update(_ close: Double) -> Lines {
        let before = window.push(close)
        return Lines(close: close, before: before.isThere ? before.number : .nan)
    }
}
