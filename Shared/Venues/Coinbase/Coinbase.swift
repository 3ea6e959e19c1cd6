public import HTTP
internal import Schema

/// What holds for Coinbase: Advanced Trade's public market data, and the older feed of Coinbase Exchange.
///
/// Coinbase Developer Platform, "Advanced Trade APIs" and "Exchange APIs" (docs.cdp.coinbase.com).
public enum Coinbase {
    /// The venue's name in ``Schema/Instrument/venue``.
    public static let venue = "coinbase"
    /// The address of the public REST interface.
    public static let address = "https://api.coinbase.com"

    /// The budget of one address: ten public requests a second, of which we use eight.
    public static var limiter: RateLimiter { RateLimiter(budget: 8, per: .seconds(1), burst: 4) }

    /// A client that keeps to Coinbase's limits; share one among everything that talks to ``address``.
    public static func client<C: Clock>(
        transport: some HTTPTransport, clock: C, random: some RandomNumberGenerator & Sendable
    ) -> ResilientClient where C.Duration == Duration {
        ResilientClient(transport: transport, limiter: limiter, clock: clock, random: random)
    }

    /// The venue's spelling of an instrument: `BTC-USD`.
    static func symbol(_ instrument: Instrument) -> String { "\(instrument.base)-\(instrument.quote)" }

    /// The venue's name of a timeframe.
    static func granularity(_ timeframe: Timeframe) -> String {
        switch timeframe {
        case .minute1: "ONE_MINUTE"
        case .minute5: "FIVE_MINUTE"
        case .minute15: "FIFTEEN_MINUTE"
        case .minute30: "THIRTY_MINUTE"
        case .hour1: "ONE_HOUR"
        case .hour4: "FOUR_HOUR"
        case .day1: "ONE_DAY"
        }
    }

    /// Who crossed the spread, by the side that the venue states, which is the resting order's.
    static func aggressor(makerSide: String) -> Trade.Aggressor? {
        switch makerSide {
        case "BUY", "buy": .seller
        case "SELL", "sell": .buyer
        case "UNKNOWN_ORDER_SIDE": .unknown
        default: nil
        }
    }
}
