public import Schema

/// Coinbase's market streams: Advanced Trade's, or those of Coinbase Exchange.
public struct CoinbaseFeed: VenueFeed {
    /// The two interfaces; either's messages are read, whichever one is asked.
    public enum Interface: String, Sendable, Hashable, CaseIterable {
        /// Trades and books in batches of up to 250 ms, every message numbered.
        case advancedTrade
        /// Trade by trade, books in batches of 50 ms, messages not numbered.
        case exchange
    }

    let interface: Interface
    let symbols: SymbolTable

    /// Creates a feed for some instruments.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue.
    public init(interface: Interface = .advancedTrade, instruments: [Instrument]) throws(VenueError) {
        self.interface = interface
        symbols = try SymbolTable(venue: Coinbase.venue, instruments, symbol: Coinbase.symbol)
    }

    public var venue: String { Coinbase.venue }

    /// A heartbeat comes every second; a connection on which nothing is asked for within five is closed by the venue.
    public var connectionRules: ConnectionRules {
        ConnectionRules(
            maximumSilence: .seconds(10), attempts: .init(8, per: .seconds(1)), frames: .init(8, per: .seconds(1)))
    }

    public var depthRules: DepthRules {
        DepthRules(snapshot: .streamed, continuity: interface == .advancedTrade ? .connection : .none)
    }

    public func connections(
        _ channels: Set<VenueChannel>, _ instruments: [Instrument]
    ) throws(VenueError) -> [VenueConnection] {
        let products = try symbols.symbols(instruments)
        guard !products.isEmpty, !channels.isEmpty else { return [] }
        var names: Set<String> = []
        for channel in channels { names.insert(try name(of: channel)) }
        var frames: [String]
        switch interface {
        case .advancedTrade:
            // The heartbeats are of the connection, not of a product.
            frames = [#"{"type":"subscribe","channel":"heartbeats"}"#]
            frames += names.sorted().map { frame("subscribe", $0, products) }
        case .exchange:
            frames = names.union(["heartbeat"]).sorted().map { frame("subscribe", $0, products) }
        }
        return [VenueConnection(url: url, subscriptions: frames, replies: frames.count)]
    }

    public func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String] {
        let (name, symbol) = (try name(of: channel), try symbols.symbol(instrument))
        return [frame("unsubscribe", name, [symbol]), frame("subscribe", name, [symbol])]
    }

    private var url: String {
        switch interface {
        case .advancedTrade: "wss://advanced-trade-ws.coinbase.com"
        case .exchange: "wss://ws-feed.exchange.coinbase.com"
        }
    }

    private func name(of channel: VenueChannel) throws(VenueError) -> String {
        switch (interface, channel) {
        case (.advancedTrade, .trades): return "market_trades"
        case (.exchange, .trades): return "matches"
        case (_, .quotes): return "ticker"
        case (.advancedTrade, .depth): return "level2"
        // `level2` itself demands a key.
        case (.exchange, .depth): return "level2_batch"
        case (.advancedTrade, .candles(.minute5)): return "candles"
        default: throw .unsupported(venue: venue, "there is no stream of \(channel)")
        }
    }

    private func frame(_ type: String, _ channel: String, _ products: [String]) -> String {
        let names = products.map { "\"\($0)\"" }.joined(separator: ",")
        return switch interface {
        case .advancedTrade: #"{"type":"\#(type)","product_ids":[\#(names)],"channel":"\#(channel)"}"#
        case .exchange: #"{"type":"\#(type)","product_ids":[\#(names)],"channels":["\#(channel)"]}"#
        }
    }
}
