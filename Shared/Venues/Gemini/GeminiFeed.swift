internal import Market
public import Schema

/// Gemini's market data v2: books with trades, and candles.
///
/// Written after the documentation, without a recorded message to compare with. The documentation calls the interface
/// archived; the one that replaces it has no candles.
public struct GeminiFeed: VenueFeed {
    private let symbols: SymbolTable

    /// Creates a feed for some instruments.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue.
    public init(instruments: [Instrument]) throws(VenueError) {
        symbols = try SymbolTable(venue: Gemini.venue, instruments, symbol: Gemini.symbol)
    }

    public var venue: String { Gemini.venue }

    /// A heartbeat comes every five seconds; an address should connect no more than once a minute.
    public var connectionRules: ConnectionRules {
        ConnectionRules(
            maximumSilence: .seconds(15), attempts: .init(1, per: .seconds(60)), frames: .init(5, per: .seconds(1)))
    }

    public var depthRules: DepthRules { DepthRules(snapshot: .streamed, continuity: .none) }

    public func connections(
        _ channels: Set<VenueChannel>, _ instruments: [Instrument]
    ) throws(VenueError) -> [VenueConnection] {
        let names = try symbols.symbols(instruments)
        guard !names.isEmpty, !channels.isEmpty else { return [] }
        var subscriptions: Set<String> = []
        for channel in channels { subscriptions.insert(try name(of: channel)) }
        return [
            VenueConnection(
                url: "wss://api.gemini.com/v2/marketdata",
                subscriptions: [frame("subscribe", subscriptions.sorted(), names)], replies: 0)
        ]
    }

    public func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String] {
        let (name, symbol) = (try name(of: channel), try symbols.symbol(instrument))
        return [frame("unsubscribe", [name], [symbol]), frame("subscribe", [name], [symbol])]
    }

    /// Trades come with the book, and with nothing else.
    private func name(of channel: VenueChannel) throws(VenueError) -> String {
        switch channel {
        case .trades, .depth: return "l2"
        case .candles(let timeframe) where timeframe != .hour4: return "candles_\(timeframe.rawValue)"
        default: throw .unsupported(venue: venue, "there is no stream of \(channel)")
        }
    }

    private func frame(_ type: String, _ names: [String], _ symbols: [String]) -> String {
        let list = symbols.map { "\"\($0)\"" }.joined(separator: ",")
        let subscriptions = names.map { #"{"name":"\#($0)","symbols":[\#(list)]}"# }.joined(separator: ",")
        return #"{"type":"\#(type)","subscriptions":[\#(subscriptions)]}"#
    }

    public func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
        switch try decodeMessage(GeminiMessage.self, from: message) {
        case .book(let book): return try read(book, receivedAt)
        case .trade(let trade):
            return VenueMessage(time: trade.timestamp.moment, events: [try read(trade, receivedAt)])
        case .candles(let candles): return try read(candles)
        case .heartbeat(let time): return VenueMessage(time: time, events: [.heartbeat(nil)])
        case .refused(let reason):
            return VenueMessage(events: [.subscriptionRefused(SubscriptionRefusal(message: reason))])
        case .unclaimed(let type): throw .unclaimed(type)
        }
    }

    /// The first message of a symbol has its last trades beside its book.
    private func read(
        _ message: GeminiBookMessage, _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> VenueMessage {
        let instrument = try symbols.instrument(message.symbol)
        let bids = message.changes.filter(\.isBid).map(\.level)
        let asks = message.changes.filter { !$0.isBid }.map(\.level)
        guard let trades = message.trades else {
            let update = DepthUpdate(
                instrument: instrument, bids: bids, asks: asks, eventTime: receivedAt, receiveTime: receivedAt)
            return VenueMessage(events: [.depthUpdate(update)])
        }
        let snapshot = DepthSnapshot(
            instrument: instrument, bids: bids.sorted { $0.price > $1.price },
            asks: asks.sorted { $0.price < $1.price }, eventTime: receivedAt, receiveTime: receivedAt)
        var events: [VenueEvent] = [.depthSnapshot(snapshot)]
        for trade in trades.reversed() { events.append(try read(trade, receivedAt)) }
        return VenueMessage(events: events)
    }

    private func read(_ trade: GeminiTradeMessage, _ receivedAt: UnixNanos) throws(VenueMessageError) -> VenueEvent {
        let instrument = try symbols.instrument(trade.symbol)
        let value = try valid { () throws(SchemaError) in
            try Trade(
                instrument: instrument, id: "\(trade.tid)", price: trade.price.value, quantity: trade.quantity.value,
                aggressor: GeminiTrade.aggressor(trade.side), eventTime: trade.timestamp.moment,
                receiveTime: receivedAt)
        }
        return .trade(value, sequence: nil)
    }

    private func read(_ message: GeminiCandleMessage) throws(VenueMessageError) -> VenueMessage {
        let instrument = try symbols.instrument(message.symbol)
        let events = message.changes.reversed().map { change in
            let candle = change.candle
            let row = CandleRow(
                instrument: instrument.name, timeframe: message.timeframe,
                openMilliseconds: candle.openTime.milliseconds, open: candle.open, high: candle.high, low: candle.low,
                close: candle.close, volume: candle.volume, source: .exchange)
            return VenueEvent.candle(VenueCandle(row: row, isClosed: false))
        }
        return VenueMessage(events: events)
    }
}
