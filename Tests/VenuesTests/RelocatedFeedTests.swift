import HTTP
import Schema
import Testing
import Venues

@Suite("Relocated feed")
struct RelocatedFeedTests {
    let bitcoin = Instrument("binanceusdm.BTC-USDT")

    @Test("Connections go to the other address, with the venue's own paths and subscriptions")
    func connections() throws {
        let feed = try BinanceFeed(product: .usdMargined, instruments: [bitcoin])
        let own = try feed.connections([.trades, .depth], [bitcoin])
        #expect(
            own.map(\.url) == ["wss://fstream.binance.com/market/stream", "wss://fstream.binance.com/public/stream"])
        for address in ["ws://127.0.0.1:1234", "ws://127.0.0.1:1234/"] {
            let relocated = try RelocatedFeed(feed, address: address).connections([.trades, .depth], [bitcoin])
            #expect(
                relocated.map(\.url) == ["ws://127.0.0.1:1234/market/stream", "ws://127.0.0.1:1234/public/stream"])
            #expect(relocated.map(\.subscriptions) == own.map(\.subscriptions))
            #expect(relocated.map(\.replies) == own.map(\.replies))
        }
    }

    /// A feed whose one connection is wherever it is told.
    private struct PlacedFeed: VenueFeed {
        let url: String
        let venue = "placed"
        let connectionRules = ConnectionRules(
            maximumSilence: .seconds(7), attempts: .init(1, per: .seconds(1)), frames: .init(1, per: .seconds(1)))
        let depthRules = DepthRules(snapshot: .streamed, continuity: .connection, levels: 3)

        func connections(
            _ channels: Set<VenueChannel>, _ instruments: [Instrument]
        ) throws(VenueError) -> [VenueConnection] { [VenueConnection(url: url, subscriptions: [], replies: 0)] }

        func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String] { ["again"] }

        func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
            throw .unclaimed("\(message.count) bytes at \(receivedAt.rawValue)")
        }
    }

    @Test(
        "Path and query stay as they are written",
        arguments: [
            ("wss://venue.example", "ws://[::1]:80"), ("wss://venue.example:9443/", "ws://[::1]:80/"),
            ("wss://venue.example/a/b?c=d/e", "ws://[::1]:80/a/b?c=d/e"), ("ws://venue.example?x", "ws://[::1]:80?x"),
        ])
    func targets(url: String, expected: String) throws {
        let feed = try RelocatedFeed(PlacedFeed(url: url), address: "ws://[::1]:80")
        #expect(try feed.connections([], []).map(\.url) == [expected])
    }

    @Test("Everything else is the venue's own")
    func passedThrough() throws {
        let own = PlacedFeed(url: "wss://venue.example/")
        let feed = try RelocatedFeed(own, address: "wss://proxy.example")
        #expect(feed.venue == "placed" && feed.connectionRules == own.connectionRules)
        #expect(feed.depthRules == own.depthRules)
        #expect(try feed.renewal(of: .depth, bitcoin) == ["again"])
        #expect(throws: VenueMessageError.unclaimed("2 bytes at 5")) {
            try feed.decode([1, 2], receivedAt: UnixNanos(5))
        }
    }

    @Test(
        "An address that is none, or has a path, is refused",
        arguments: ["http://a", "127.0.0.1:1", "ws://a/b", "ws://a?b"])
    func refused(address: String) {
        #expect(throws: WebSocketError.self) {
            try RelocatedFeed(PlacedFeed(url: "wss://venue.example/"), address: address)
        }
    }
}
