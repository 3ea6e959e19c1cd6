public import Schema

/// A kind of market data that a venue can be asked to send as it happens.
public enum VenueChannel: Sendable, Hashable {
    case trades
    /// The best bid and ask.
    case quotes
    /// The order book: a snapshot, and what changes after it.
    case depth
    /// Candles of a timeframe, sent again whenever they change.
    case candles(Timeframe)
    case fundingRates
    case openInterest
    case liquidations
}

extension VenueChannel: CustomStringConvertible {
    public var description: String {
        switch self {
        case .trades: "trades"
        case .quotes: "quotes"
        case .depth: "depth"
        case .candles(let timeframe): "candles \(timeframe.rawValue)"
        case .fundingRates: "funding rates"
        case .openInterest: "open interest"
        case .liquidations: "liquidations"
        }
    }
}
