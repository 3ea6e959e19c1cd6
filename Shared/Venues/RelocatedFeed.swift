public import HTTP
public import Schema

/// A venue's feed whose connections go to another address: a proxy, a test network, or a recording on loopback.
///
/// Scheme, host and port change; paths, queries and everything that is sent and read stay the venue's own.
public struct RelocatedFeed: VenueFeed {
    private let feed: any VenueFeed
    /// Scheme, host and port, without a slash at the end.
    private let address: String

    /// Creates a feed that speaks another one's dialect.
    ///
    /// - Parameters:
    ///   - feed: the venue's own.
    ///   - address: `ws://host:port` or `wss://host`, without a path.
    /// - Throws: ``HTTP/WebSocketError/invalidAddress(_:)`` for any other text.
    public init(_ feed: some VenueFeed, address: String) throws(WebSocketError) {
        guard try WebSocketAddress(address).target == "/" else {
            throw .invalidAddress("a path has no meaning in it, for each connection keeps its own")
        }
        self.feed = feed
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
    }

    public var venue: String { feed.venue }
    public var connectionRules: ConnectionRules { feed.connectionRules }
    public var depthRules: DepthRules { feed.depthRules }

    public func connections(
        _ channels: Set<VenueChannel>, _ instruments: [Instrument]
    ) throws(VenueError) -> [VenueConnection] {
        try feed.connections(channels, instruments).map { connection in
            VenueConnection(
                url: address + Self.target(connection.url), subscriptions: connection.subscriptions,
                replies: connection.replies)
        }
    }

    public func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String] {
        try feed.renewal(of: channel, instrument)
    }

    public func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
        try feed.decode(message, receivedAt: receivedAt)
    }

    /// What follows scheme, host and port: path and query, as they are written.
    private static func target(_ url: String) -> Substring {
        // After the scheme's colon stand two slashes that are no path.
        let host = url.firstIndex(of: ":").map { url[$0...].dropFirst(3) } ?? url[...]
        return host.firstIndex { $0 == "/" || $0 == "?" }.map { host[$0...] } ?? ""
    }
}
