public import Schema

/// Bars as columns, oldest first: one array for each number.
public struct BarColumns: Sendable, Equatable {
    public private(set) var openTimes: [UnixNanos] = []
    /// Prices in quote currency.
    public private(set) var opens: [Double] = []
    public private(set) var highs: [Double] = []
    public private(set) var lows: [Double] = []
    public private(set) var closes: [Double] = []
    /// In base currency.
    public private(set) var volumes: [Double] = []

    public var count: Int { closes.count }

    public init(_ bars: some Collection<Bar>) {
        reserve(bars.count)
        for bar in bars { append(bar) }
    }

    public mutating func append(_ bar: Bar) {
        openTimes.append(bar.openTime)
        opens.append(bar.open)
        highs.append(bar.high)
        lows.append(bar.low)
        closes.append(bar.close)
        volumes.append(bar.volume)
    }

    public subscript(row: Int) -> Bar {
        Bar(
            openTime: openTimes[row], open: opens[row], high: highs[row], low: lows[row], close: closes[row],
            volume: volumes[row])
    }

    private mutating func reserve(_ rows: Int) {
        openTimes.reserveCapacity(rows)
        opens.reserveCapacity(rows)
        highs.reserveCapacity(rows)
        lows.reserveCapacity(rows)
        closes.reserveCapacity(rows)
        volumes.reserveCapacity(rows)
    }
}
