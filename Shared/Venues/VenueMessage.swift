public import Market
public import Schema

/// What one websocket message said.
public struct VenueMessage: Sendable, Equatable {
    /// The message's number within the connection, one more than the last one's; `nil` where the venue does not number them.
    public let connectionSequence: UInt64?
    /// When the venue sent it, by its own clock; `nil` where it does not say.
    public let time: UnixNanos?
    /// In the venue's order; empty for a message that is claimed and says nothing, such as an acknowledged ping.
    public let events: [VenueEvent]

    public init(connectionSequence: UInt64? = nil, time: UnixNanos? = nil, events: [VenueEvent]) {
        self.connectionSequence = connectionSequence
        self.time = time
        self.events = events
    }
}

/// One thing that a venue said, in no venue's dialect.
public enum VenueEvent: Sendable, Equatable {
    /// A trade, and its number where the venue counts an instrument's trades without holes.
    case trade(Trade, sequence: UInt64?)
    /// The best bid and ask, and the number of the book's update after which they were so, where the venue says it.
    case quote(Quote, sequence: UInt64?)
    case depthSnapshot(DepthSnapshot)
    case depthUpdate(DepthUpdate)
    case candle(VenueCandle)
    /// Open interest, or a liquidation.
    case sideValue(SideValue)
    case fundingForecast(FundingForecast)
    case subscribed(SubscriptionReply)
    case unsubscribed(SubscriptionReply)
    case subscriptionRefused(SubscriptionRefusal)
    /// The connection is alive; with the number of the heartbeat where the venue counts them.
    case heartbeat(UInt64?)
    case status(VenueStatus)
}

/// A candle as a venue's stream gives it.
public struct VenueCandle: Sendable, Hashable {
    public let row: CandleRow
    /// Whether the venue says that the candle will not change any more.
    ///
    /// False from venues that never say it (Coinbase, Kraken, Gemini): there a candle is closed when a later one begins, and
    /// trades that the venue reports late can still be missing, so REST has the last word.
    public let isClosed: Bool

    public init(row: CandleRow, isClosed: Bool) { (self.row, self.isClosed) = (row, isClosed) }
}

/// The funding rate of the span that is under way, as it would be if the span ended now.
///
/// The last one before ``settlementTime`` becomes the rate that is paid, which REST tells as a ``Schema/SideValue``.
public struct FundingForecast: Sendable, Hashable {
    public let instrument: Instrument
    /// What longs will pay to shorts, as a fraction of the position (0.0001 = 0.01 %).
    public let rate: Double
    /// When it will be paid.
    public let settlementTime: UnixNanos
    /// When it was so, by the venue's clock.
    public let eventTime: UnixNanos
    /// When we read it off the socket, by our clock.
    public let receiveTime: UnixNanos

    public init(
        instrument: Instrument, rate: Double, settlementTime: UnixNanos, eventTime: UnixNanos, receiveTime: UnixNanos
    ) {
        self.instrument = instrument
        self.rate = rate
        self.settlementTime = settlementTime
        self.eventTime = eventTime
        self.receiveTime = receiveTime
    }
}

/// A venue's answer that it will send what was asked for, or no longer.
public struct SubscriptionReply: Sendable, Hashable {
    /// The number that the request bore; `nil` where the venue has no such numbers.
    public let request: UInt64?
    /// The venue's name of the channel; `nil` where the answer does not say.
    public let channel: String?
    /// The symbols meant, in the venue's spelling; empty where the answer does not say.
    public let symbols: [String]

    public init(request: UInt64? = nil, channel: String? = nil, symbols: [String] = []) {
        self.request = request
        self.channel = channel
        self.symbols = symbols
    }
}

/// A venue's answer that it will not send what was asked for.
public struct SubscriptionRefusal: Error, Sendable, Hashable {
    /// The number that the request bore; `nil` where the venue does not say.
    public let request: UInt64?
    /// The venue's own number for the error; `nil` where it has none.
    public let code: Int?
    /// The venue's own words.
    public let message: String
    /// The symbol meant, in the venue's spelling; `nil` where the answer does not say.
    public let symbol: String?
    /// The instrument of ``symbol``; `nil` for one that the feed was not made for.
    public let instrument: Instrument?

    public init(
        request: UInt64? = nil, code: Int? = nil, message: String, symbol: String? = nil, instrument: Instrument? = nil
    ) {
        self.request = request
        self.code = code
        self.message = message
        self.symbol = symbol
        self.instrument = instrument
    }
}

/// What a venue, or one instrument at it, does at present.
public enum VenueStatus: String, Sendable, Hashable, CaseIterable {
    case trading
    /// Orders can only be cancelled.
    case cancelOnly
    /// Only limit orders are taken.
    case limitOnly
    /// Only orders that do not cross the spread are taken.
    case postOnly
    /// Nothing is traded: maintenance, a halt, an instrument listed or delisted.
    case halted
}
