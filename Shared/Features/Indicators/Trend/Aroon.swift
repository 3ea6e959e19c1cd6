/// How lately the highest high and the lowest low of the newest bars were, 0…100 each (Aroon).
///
/// T. Chande, "A Time Price Oscillator", Stocks & Commodities 13:9, 1995; over `length + 1` bars, of equal extremes the
/// latest, as in TA-Lib.
public struct Aroon: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let up: Double
        public let down: Double
        public var oscillator: Double { up - down }

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: up
            case 1: down
            default: oscillator
            }
        }
    }

    private let length: Int
    private var range: RollingRangeAge

    public init(length: Int) {
        self.length = length
        range = RollingRangeAge(length + 1)
    }

    public var warmUp: Int { length + 1 }

    @inline(__always)
    public mutating func hold() { range.hold() }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Lines {
        range.push(high: bar.high, low: bar.low)
        guard range.isFull else { return Lines(up: .nan, down: .nan) }
        let step = 100 / Double(length)
        return Lines(up: Double(length - range.ageOfHighest) * step, down: Double(length - range.ageOfLowest) * step)
    }
}
