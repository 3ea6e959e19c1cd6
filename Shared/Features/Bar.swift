public import Schema

/// The numbers of a candle, which is all that an indicator looks at.
public struct Bar: Sendable, Hashable {
    /// Prices in quote currency.
    public let open: Double
    public let high: Double
    public let low: Double
    public let close: Double
    /// In base currency.
    public let volume: Double

    public init(open: Double, high: Double, low: Double, close: Double, volume: Double) {
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }

    public init(_ candle: Candle) {
        self.init(open: candle.open, high: candle.high, low: candle.low, close: candle.close, volume: candle.volume)
    }
}
