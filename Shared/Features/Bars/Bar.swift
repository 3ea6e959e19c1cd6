public import Schema

/// The numbers of a candle, and when it opened: all that an indicator looks at.
public struct Bar: Sendable, Hashable {
    public let openTime: UnixNanos
    /// Prices in quote currency.
    public let open: Double
    public let high: Double
    public let low: Double
    public let close: Double
    /// In base currency.
    public let volume: Double

    public init(openTime: UnixNanos, open: Double, high: Double, low: Double, close: Double, volume: Double) {
        self.openTime = openTime
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }

    public init(_ candle: Candle) {
        self.init(
            openTime: candle.openTime, open: candle.open, high: candle.high, low: candle.low, close: candle.close,
            volume: candle.volume)
    }

    /// Mean of high, low and close.
    var typicalPrice: Double { (high + low + close) / 3 }

    /// How far it reached, the gap to the bar before included (Wilder 1978, page 21).
    func trueRange(after previousClose: Double) -> Double { larger(high, previousClose) - smaller(low, previousClose) }
}
