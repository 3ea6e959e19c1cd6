public import Schema

/// An instrument of a made-up market.
public struct SyntheticInstrument: Codable, Sendable, Hashable {
    public let instrument: Instrument
    /// The first open, in quote currency.
    public var price: Double
    /// The step of prices, in quote currency.
    public var tick: Double
    /// Mean traded amount of an hour at normal volatility, in base currency.
    public var hourlyVolume: Double
    /// The step of amounts, in base currency.
    public var lot: Double
    /// Share of the variance that is the whole market's, 0…1.
    public var commonShare: Double
    /// Volatility as a multiple of the regime's.
    public var volatilityScale: Double

    public init(
        _ instrument: Instrument, price: Double, tick: Double, hourlyVolume: Double, lot: Double,
        commonShare: Double = 0.6, volatilityScale: Double = 1
    ) {
        precondition(price >= tick && tick > 0 && lot > 0 && hourlyVolume >= 0, "sizes must be above zero")
        precondition((0...1).contains(commonShare) && volatilityScale > 0, "shares lie in 0…1")
        self.instrument = instrument
        self.price = price
        self.tick = tick
        self.hourlyVolume = hourlyVolume
        self.lot = lot
        self.commonShare = commonShare
        self.volatilityScale = volatilityScale
    }
}
