/// The numbers of the newest bar, and its typical price.
struct BarNumbers: BarIndicator {
    struct Lines: IndicatorLines {
        let bar: Bar

        static let count = 6
        func line(_ number: Int) -> Double {
            switch number {
            case 0: bar.open
            case 1: bar.high
            case 2: bar.low
            case 3: bar.close
            case 4: bar.volume
            default: bar.typicalPrice
            }
        }
    }

    var warmUp: Int { 1 }

    @inline(__always)
    mutating func update(_ bar: Bar) -> Lines { Lines(bar: bar) }
}
