public import Schema

/// Binance's market streams: spot, or USD-M futures.
public struct BinanceFeed: VenueFeed {
    let product: BinanceProduct
    let symbols: SymbolTable

    /// Creates a feed for some instruments.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for an instrument of another venue.
    public init(product: BinanceProduct = .spot, instruments: [Instrument]) throws(VenueError) {
        self.product = product
        symbols = try SymbolTable(venue: product.venue, instruments, symbol: BinanceProduct.symbol)
    }

    public var venue: String { product.venue }
    public var connectionRules: ConnectionRules { product.connectionRules }
    public var depthRules: DepthRules {
        DepthRules(snapshot: .requested, continuity: product == .spot ? .ranges : .linked)
    }

    public func connections(
        _ channels: Set<VenueChannel>, _ instruments: [Instrument]
    ) throws(VenueError) -> [VenueConnection] {
        var streams: [String: [String]] = [:]
        for symbol in try symbols.symbols(instruments) {
            for channel in channels {
                let stream = try stream(channel, symbol: symbol)
                streams[product.streamAddress(stream), default: []].append(stream)
            }
        }
        return streams.sorted { $0.key < $1.key }.flatMap { url, streams in
            Self.chunks(streams.sorted(), of: product.streamsPerConnection).map { streams in
                let frames = Self.chunks(streams, of: Self.streamsPerFrame).enumerated().map { index, streams in
                    Self.frame("SUBSCRIBE", streams, request: 2 * index + 1)
                }
                return VenueConnection(url: url, subscriptions: frames, replies: frames.count)
            }
        }
    }

    public func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String] {
        let stream = try stream(channel, symbol: symbols.symbol(instrument))
        return [
            Self.frame("UNSUBSCRIBE", [stream], request: Self.renewal),
            Self.frame("SUBSCRIBE", [stream], request: Self.renewal + 1),
        ]
    }

    /// Streams named in one frame, so that it stays well below the sizes that servers refuse.
    private static let streamsPerFrame = 100

    /// The number of the first request of a renewal: above those of any connection.
    private static let renewal = 1000

    /// Odd numbers subscribe and even ones unsubscribe, so that an answer, which bears nothing but its request's number,
    /// says what it answers.
    static func isSubscription(request: UInt64?) -> Bool { request.map { !$0.isMultiple(of: 2) } ?? true }

    private func stream(_ channel: VenueChannel, symbol: String) throws(VenueError) -> String {
        guard let stream = product.stream(channel, symbol: symbol) else {
            throw .unsupported(venue: venue, "there is no stream of \(channel)")
        }
        return stream
    }

    private static func frame(_ method: String, _ streams: [String], request: Int) -> String {
        let names = streams.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"method":"\#(method)","params":[\#(names)],"id":\#(request)}"#
    }

    private static func chunks(_ items: [String], of size: Int) -> [[String]] {
        stride(from: 0, to: items.count, by: size).map { Array(items[$0..<min($0 + size, items.count)]) }
    }
}
