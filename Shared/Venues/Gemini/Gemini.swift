public import HTTP
internal import Schema

/// What holds for Gemini.
///
/// Written after its documentation, without a recorded message to compare with: Gemini, "REST API: Market Data" and
/// "Market Data v2" (docs.gemini.com).
public enum Gemini {
    /// The venue's name in ``Schema/Instrument/venue``.
    public static let venue = "gemini"
    /// The address of the public REST interface.
    public static let address = "https://api.gemini.com"

    /// The budget of one address: 120 public requests a minute, of which we use nine tenths.
    public static var limiter: RateLimiter { RateLimiter(budget: 108, per: .seconds(60), burst: 5) }

    /// A client that keeps to Gemini's limits; share one among everything that talks to ``address``.
    public static func client<C: Clock>(
        transport: some HTTPTransport, clock: C, random: some RandomNumberGenerator & Sendable
    ) -> ResilientClient where C.Duration == Duration {
        ResilientClient(transport: transport, limiter: limiter, clock: clock, random: random)
    }

    /// The venue's spelling of an instrument in messages: `BTCUSD`; requests take it in either case.
    static func symbol(_ instrument: Instrument) -> String { instrument.base + instrument.quote }

    /// The venue's name of a timeframe in requests, or `nil` for one that it lacks.
    static func timeframe(_ timeframe: Timeframe) -> String? {
        switch timeframe {
        case .minute1, .minute5, .minute15, .minute30: timeframe.rawValue
        case .hour1: "1hr"
        case .hour4: nil
        case .day1: "1day"
        }
    }

    /// What the status word of a symbol means; `nil` for a word that is not documented.
    static func status(_ word: String) -> VenueStatus? {
        switch word {
        case "open": .trading
        case "cancel_only": .cancelOnly
        case "post_only": .postOnly
        case "limit_only": .limitOnly
        case "closed": .halted
        default: nil
        }
    }
}
