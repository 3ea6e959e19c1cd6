public import Schema

/// What happens between the closes of two candles.
public enum MarketEvent: Sendable, Hashable {
    case trade(Trade)
    case quote(Quote)
    case book(Book)
    case side(SideValue)
    case headline(Headline)

    /// The first moment whose candles it stands before in the feed, if they close then; events are ordered by it.
    ///
    /// What happens at the very close of a candle belongs to the next one; what is known by then is known.
    public var visibleFrom: UnixNanos {
        switch self {
        case .trade(let trade): trade.eventTime.advanced(by: 1)
        case .quote(let quote): quote.eventTime.advanced(by: 1)
        case .book(let book): book.eventTime.advanced(by: 1)
        case .side(let value): value.knownAt
        case .headline(let headline): headline.knownAt
        }
    }

    /// Whose it is; `nil` for what concerns all.
    public var instrument: Instrument? {
        switch self {
        case .trade(let trade): trade.instrument
        case .quote(let quote): quote.instrument
        case .book(let book): book.instrument
        case .side(let value): value.instrument
        case .headline: nil
        }
    }
}

extension MarketEvent {
    /// What a message of the feed says happened; `nil` for every other kind.
    public init?(_ message: Message) {
        switch message {
        case .trade(let trade): self = .trade(trade)
        case .quote(let quote): self = .quote(quote)
        case .book(let book): self = .book(book)
        case .side(let value): self = .side(value)
        case .headline(let headline): self = .headline(headline)
        default: return nil
        }
    }

    public var message: Message {
        switch self {
        case .trade(let trade): .trade(trade)
        case .quote(let quote): .quote(quote)
        case .book(let book): .book(book)
        case .side(let value): .side(value)
        case .headline(let headline): .headline(headline)
        }
    }
}
