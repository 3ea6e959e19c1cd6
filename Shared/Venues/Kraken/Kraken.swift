public import HTTP
internal import Schema

/// What holds for every request to Kraken's spot interface.
///
/// Kraken, "Spot REST API" and "Spot Websocket API v2" (docs.kraken.com).
public enum Kraken {
    /// The venue's name in ``Schema/Instrument/venue``.
    public static let venue = "kraken"
    /// The address of the public REST interface.
    public static let address = "https://api.kraken.com"

    /// The budget of one address: one public request a second.
    public static var limiter: RateLimiter { RateLimiter(budget: 10, per: .seconds(10), burst: 2) }

    /// A client that keeps to Kraken's limits; share one among everything that talks to ``address``.
    public static func client<C: Clock>(
        transport: some HTTPTransport, clock: C, random: some RandomNumberGenerator & Sendable
    ) -> ResilientClient where C.Duration == Duration {
        ResilientClient(
            transport: KrakenStatusTransport(transport), limiter: limiter, clock: clock, random: random)
    }

    /// The venue's spelling of an instrument in its current messages: `BTC/USD`.
    static func symbol(_ instrument: Instrument) -> String { "\(instrument.base)/\(instrument.quote)" }

    /// The spelling in REST requests: `XBTUSD`.
    static func pair(_ instrument: Instrument) -> String {
        oldCurrency(instrument.base) + oldCurrency(instrument.quote)
    }

    /// The spelling in messages of version 1: `XBT/USD`.
    static func oldSymbol(_ instrument: Instrument) -> String {
        "\(oldCurrency(instrument.base))/\(oldCurrency(instrument.quote))"
    }

    /// The name that version 1 has for a currency: those of ISO 4217's kind begin with an X.
    private static func oldCurrency(_ name: String) -> String {
        switch name {
        case "BTC": "XBT"
        case "DOGE": "XDG"
        default: name
        }
    }

    /// The name of today for a currency of version 1.
    static func currency(old name: String) -> String {
        switch name {
        case "XBT": "BTC"
        case "XDG": "DOGE"
        default: name
        }
    }

    /// What a status word means, the venue's or a pair's; `nil` for a word that is not documented.
    static func status(_ word: String) -> VenueStatus? {
        switch word {
        case "online": .trading
        case "cancel_only", "reduce_only": .cancelOnly
        case "post_only": .postOnly
        case "limit_only": .limitOnly
        case "maintenance", "work_in_progress", "delisted": .halted
        default: nil
        }
    }
}
