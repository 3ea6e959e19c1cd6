import Market
import Schema
import Testing
import Venues

// The messages are those of Gemini's documentation; none was recorded.
@Suite("Gemini feed")
struct GeminiFeedTests {
    let bitcoin = Instrument("gemini.BTC-USD")
    let receivedAt = UnixNanos(seconds: 1_800_000_000)

    private func read(_ text: String) throws -> VenueMessage {
        try GeminiFeed(instruments: [bitcoin]).decode(Array(text.utf8), receivedAt: receivedAt)
    }

    private func level(_ price: Double, _ quantity: Double) throws -> BookLevel {
        try BookLevel(price: price, quantity: quantity)
    }

    @Test("The first message of a symbol is its whole book, and its last trades, oldest first")
    func snapshot() throws {
        let message = try read(
            #"""
            {"type":"l2_updates","symbol":"BTCUSD","changes":[["buy","9121.04","2"],["buy","9122.04","0.00121425"],
            ["sell","9122.07","0.98942292"]],"trades":[
            {"type":"trade","symbol":"BTCUSD","event_id":2,"timestamp":1560976400428,"price":"9122.04",
             "quantity":"0.0073173","side":"sell","tid":2840140800042677},
            {"type":"trade","symbol":"BTCUSD","event_id":1,"timestamp":1560976400000,"price":"9122",
             "quantity":"1","side":"buy","tid":2840140800042670}],"auction_events":[]}
            """#)
        #expect(message.events.count == 3)
        #expect(
            message.events.first
                == .depthSnapshot(
                    DepthSnapshot(
                        instrument: bitcoin, bids: [try level(9122.04, 0.00121425), try level(9121.04, 2)],
                        asks: [try level(9122.07, 0.98942292)], eventTime: receivedAt, receiveTime: receivedAt)))
        let last = try Trade(
            instrument: bitcoin, id: "2840140800042677", price: 9122.04, quantity: 0.0073173, aggressor: .seller,
            eventTime: UnixNanos(milliseconds: 1_560_976_400_428), receiveTime: receivedAt)
        #expect(message.events.last == .trade(last, sequence: nil))
        #expect(message.events.compactMap(\.trade).map(\.id) == ["2840140800042670", "2840140800042677"])
    }

    @Test("Later messages of a symbol are updates of its book")
    func update() throws {
        let message = try read(
            #"{"type":"l2_updates","symbol":"BTCUSD","changes":[["sell","9160.20","0.1921229751"]]}"#)
        #expect(
            message.events == [
                .depthUpdate(
                    DepthUpdate(
                        instrument: bitcoin, bids: [], asks: [try level(9160.2, 0.1921229751)], eventTime: receivedAt,
                        receiveTime: receivedAt))
            ])
    }

    @Test("A trade is known by its tid, and by its event where it has none", arguments: [#","tid":7"#, ""])
    func trade(tid: String) throws {
        let message = try read(
            #"""
            {"type":"trade","symbol":"BTCUSD","event_id":3575573053,"timestamp":151231241,"price":"9004.21000000",
            "quantity":"0.09110000","side":"buy"\#(tid)}
            """#)
        let trade = try #require(message.events.first?.trade)
        #expect(trade.id == (tid.isEmpty ? "3575573053" : "7") && trade.aggressor == .buyer)
        #expect(trade.price == 9004.21 && trade.quantity == 0.0911 && message.time == trade.eventTime)
    }

    @Test("Candles come oldest first and are never said to be closed")
    func candles() throws {
        let message = try read(
            #"""
            {"type":"candles_15m_updates","symbol":"BTCUSD","changes":[
            [1561054500000,9350.18,9358.35,9350.18,9355.51,2.07],[1561053600000,9357.33,9357.33,9350.18,9350.18,1.5]]}
            """#)
        let candles = message.events.compactMap(\.candle)
        #expect(candles.map(\.row.openMilliseconds) == [1_561_053_600_000, 1_561_054_500_000])
        #expect(candles.allSatisfy { !$0.isClosed && $0.row.timeframe == .minute15 })
        #expect(candles.last?.row.high == 9358.35 && candles.last?.row.volume == 2.07)
    }

    @Test("Heartbeats and errors are read")
    func liveness() throws {
        #expect(
            try read(#"{"type":"heartbeat","timestamp":1629909291142}"#)
                == VenueMessage(time: UnixNanos(milliseconds: 1_629_909_291_142), events: [.heartbeat(nil)]))
        #expect(
            try read(#"{"result":"error","reason":"InvalidSymbol"}"#).events
                == [.subscriptionRefused(SubscriptionRefusal(message: "InvalidSymbol"))])
    }

    static let refused: [(String, VenueMessageError)] = [
        (#"{"type":"auction_result"}"#, .unclaimed("auction_result")),
        (#"{"type":"candles_6h_updates","symbol":"BTCUSD","changes":[]}"#, .unclaimed("candles_6h_updates")),
        (#"{"type":"l2_updates","symbol":"ETHUSD","changes":[]}"#, .unknownSymbol("ETHUSD")),
        (
            #"{"type":"l2_updates","symbol":"BTCUSD","changes":[["buy","1"]]}"#,
            .malformed(".changes[0]: Unkeyed container is at end.")
        ),
    ]

    @Test("What is not claimed is refused by name, and what is wrong by its place", arguments: refused)
    func refusals(text: String, error: VenueMessageError) {
        guard case .malformed = error else {
            #expect(throws: error) { try read(text) }
            return
        }
        #expect { try read(text) } throws: { "\($0)".hasPrefix("malformed message: .changes[0]") }
    }

    @Test("Trades and books are one subscription, and four hours are none")
    func connections() throws {
        let feed = try GeminiFeed(instruments: [bitcoin])
        #expect(
            try feed.connections([.trades, .depth, .candles(.hour1)], [bitcoin]) == [
                VenueConnection(
                    url: "wss://api.gemini.com/v2/marketdata",
                    subscriptions: [
                        #"{"type":"subscribe","subscriptions":[{"name":"candles_1h","symbols":["BTCUSD"]},{"name":"l2","symbols":["BTCUSD"]}]}"#
                    ], replies: 0)
            ])
        #expect(throws: VenueError.self) { try feed.connections([.candles(.hour4)], [bitcoin]) }
        #expect(throws: VenueError.self) { try feed.connections([.quotes], [bitcoin]) }
    }
}
