import Market
import Schema
import Testing
import Trading
import Venues

// The messages are those of Kraken's documentation, or typed after the recordings of the shared data.
@Suite("Kraken feed")
struct KrakenFeedTests {
    let bitcoin = Instrument("kraken.BTC-USD")
    let receivedAt = UnixNanos(seconds: 1_800_000_000)

    private func feed(places: Int? = 1) throws -> KrakenFeed {
        try KrakenFeed(listings: [
            InstrumentListing(
                instrument: bitcoin, symbol: "BTC/USD", status: .trading,
                rules: InstrumentRules(
                    tick: try Decimal12(parsing: "0.1"), step: try Decimal12(parsing: "0.00000001"),
                    minimumQuantity: .zero,
                    minimumNotional: .zero), pricePlaces: places, quantityPlaces: places.map { _ in 8 })
        ])
    }

    private func read(_ text: String) throws -> VenueMessage {
        try feed().decode(Array(text.utf8), receivedAt: receivedAt)
    }

    private func level(_ price: Double, _ quantity: Double) throws -> BookLevel {
        try BookLevel(price: price, quantity: quantity)
    }

    @Test("Trades are numbered, and begun by the side stated")
    func trades() throws {
        let message = try read(
            #"""
            {"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":105944.20,
            "qty":0.00027625,"ord_type":"limit","trade_id":10218208,"timestamp":"2023-10-06T17:35:55.440295Z"}]}
            """#)
        let trade = try Trade(
            instrument: bitcoin, id: "10218208", price: 105944.2, quantity: 0.00027625, aggressor: .buyer,
            eventTime: UnixNanos(1_696_613_755_440_295_000), receiveTime: receivedAt)
        #expect(message == VenueMessage(events: [.trade(trade, sequence: 10_218_208)]))
    }

    @Test("A book comes with its checksum and the digits that it is computed with", arguments: ["snapshot", "update"])
    func book(type: String) throws {
        let message = try read(
            #"""
            {"channel":"book","type":"\#(type)","data":[{"symbol":"BTC/USD","bids":[{"price":105944.20,"qty":0.250}],
            "asks":[{"price":105944.3,"qty":0}],"checksum":2114181697,"timestamp":"2023-10-06T17:35:55.440295Z"}]}
            """#)
        let checksum = DepthChecksum(value: 2_114_181_697, pricePlaces: 1, quantityPlaces: 8)
        let time = UnixNanos(1_696_613_755_440_295_000)
        let (bids, asks) = ([try level(105944.2, 0.25)], [try level(105944.3, 0)])
        let event: VenueEvent =
            type == "snapshot"
            ? .depthSnapshot(
                DepthSnapshot(
                    instrument: bitcoin, bids: bids, asks: asks, checksum: checksum, eventTime: time,
                    receiveTime: receivedAt))
            : .depthUpdate(
                DepthUpdate(
                    instrument: bitcoin, bids: bids, asks: asks, checksum: checksum, eventTime: time,
                    receiveTime: receivedAt))
        #expect(message.events == [event])
    }

    @Test("Without the digits there is no checksum to compare with")
    func unknownDigits() throws {
        let text =
            #"{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[],"checksum":7}]}"#
        guard
            case .depthUpdate(let update) = try feed(places: nil).decode(Array(text.utf8), receivedAt: receivedAt)
                .events.first
        else { throw NoEvent() }
        #expect(update.checksum == nil && update.eventTime == receivedAt)
    }

    @Test("A candle has the length that its interval says, and is never said to be closed")
    func candle() throws {
        let message = try read(
            #"""
            {"channel":"ohlc","type":"update","timestamp":"2023-10-04T16:26:30.524394914Z","data":[{"symbol":"BTC/USD",
            "open":0.5624,"high":0.5628,"low":0.5622,"close":0.5627,"trades":12,"volume":30927.68066226,"vwap":0.5626,
            "interval_begin":"2023-10-04T16:25:00.000000000Z","interval":5,"timestamp":"2023-10-04T16:30:00Z"}]}
            """#)
        let candle = try #require(message.events.first?.candle)
        #expect(candle.row.timeframe == .minute5 && candle.row.openMilliseconds == 1_696_436_700_000)
        #expect(candle.row.high == 0.5628 && candle.row.volume == 30927.68066226 && !candle.isClosed)
        #expect(message.time == UnixNanos(1_696_436_790_524_394_914))
    }

    @Test("A ticker is the best bid and ask")
    func ticker() throws {
        let message = try read(
            #"""
            {"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":0.10025,"bid_qty":740.0,
            "ask":0.10035,"ask_qty":741.0,"last":0.10035}]}
            """#)
        let quote = Quote(
            instrument: bitcoin, bid: try level(0.10025, 740), ask: try level(0.10035, 741), eventTime: receivedAt,
            receiveTime: receivedAt)
        #expect(message.events == [.quote(quote, sequence: nil)])
    }

    @Test("Every subscribed symbol is answered by itself")
    func answers() throws {
        #expect(
            try read(
                #"{"method":"subscribe","result":{"channel":"book","symbol":"BTC/USD"},"success":true,"req_id":1}"#
            ).events == [.subscribed(SubscriptionReply(request: 1, channel: "book", symbols: ["BTC/USD"]))])
        #expect(
            try read(
                #"{"method":"unsubscribe","result":{"channel":"book","symbol":"BTC/USD"},"success":true,"req_id":2}"#
            ).events == [.unsubscribed(SubscriptionReply(request: 2, channel: "book", symbols: ["BTC/USD"]))])
        #expect(
            try read(
                #"{"error":"Currency pair not supported X/Y","method":"subscribe","success":false,"symbol":"X/Y","req_id":3}"#
            ).events == [
                .subscriptionRefused(
                    SubscriptionRefusal(request: 3, message: "Currency pair not supported X/Y", symbol: "X/Y"))
            ])
        let halted = #"{"error":"Market in maintenance","method":"subscribe","success":false,"symbol":"BTC/USD"}"#
        #expect(
            try read(halted).events == [
                .subscriptionRefused(
                    SubscriptionRefusal(message: "Market in maintenance", symbol: "BTC/USD", instrument: bitcoin))
            ])
    }

    @Test("Heartbeats, pongs and the venue's status are read")
    func liveness() throws {
        #expect(try read(#"{"channel":"heartbeat"}"#).events == [.heartbeat(nil)])
        #expect(try read(#"{"method":"pong","req_id":42}"#).events.isEmpty)
        let status = #"{"channel":"status","type":"update","data":[{"system":"cancel_only","api_version":"v2"}]}"#
        #expect(try read(status).events == [.status(.cancelOnly)])
    }

    @Test("Version 1 spells bitcoin otherwise, and has its digits in its text")
    func version1Book() throws {
        let message = try read(
            #"""
            [1234,{"a":[["5541.30000","2.50700000","1534614248.456738"]]},
            {"b":[["5541.20000","0.00000000","1534614335.345903","r"]],"c":"3647725291"},"book-10","XBT/USD"]
            """#)
        let time = UnixNanos(1_534_614_335_345_903_000)
        let update = DepthUpdate(
            instrument: bitcoin, bids: [try level(5541.2, 0)], asks: [try level(5541.3, 2.507)],
            checksum: DepthChecksum(value: 3_647_725_291, pricePlaces: 5, quantityPlaces: 8), eventTime: time,
            receiveTime: receivedAt)
        #expect(message == VenueMessage(time: time, events: [.depthUpdate(update)]))
    }

    @Test("Version 1's trades have no numbers, so what is known of them is their name")
    func version1Trades() throws {
        let message = try read(
            #"[993,[["354.11000000","0.89594024","1618678142.557535","s","l",""]],"trade","XBT/USD"]"#)
        let trade = try Trade(
            instrument: bitcoin, id: "1618678142557535000:354.11:0.89594024", price: 354.11, quantity: 0.89594024,
            aggressor: .seller, eventTime: UnixNanos(1_618_678_142_557_535_000), receiveTime: receivedAt)
        #expect(message.events == [.trade(trade, sequence: nil)])
    }

    static let refused: [(String, VenueMessageError)] = [
        (#"{"channel":"level3","type":"update","data":[]}"#, .unclaimed("level3")),
        (#"{"method":"add_order","success":true}"#, .unclaimed("add_order")),
        (#"{"feed":"book_snapshot","product_id":"PI_XBTUSD"}"#, .unclaimed("futures book_snapshot")),
        (#"[1,["1","2"],"spread","XBT/USD"]"#, .unclaimed("spread")),
        (#"[1,[],"trade","XBT/EUR"]"#, .unknownSymbol("XBT/EUR")),
        (#"{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"hold"}]}"#, .malformed("")),
        (#"{"channel":"status","type":"update","data":[{"system":"on fire"}]}"#, .malformed("the status \"on fire\"")),
        (#"[1,{"c":"7"},"book-10","XBT/USD"]"#, .malformed("[1]: neither as and bs, nor a or b")),
        (#"[1]"#, .malformed("the body: fewer than four parts")),
    ]

    @Test("What is not claimed is refused by name, and what is wrong by its place", arguments: refused)
    func refusals(text: String, error: VenueMessageError) {
        guard case .malformed("") = error else {
            #expect(throws: error) { try read(text) }
            return
        }
        #expect { try read(text) } throws: { "\($0)".hasPrefix("malformed message: .data[0].side") }
    }

    @Test("Channels are asked for in version 2, all symbols in one frame")
    func connections() throws {
        let connections = try feed().connections([.trades, .quotes, .depth, .candles(.hour1)], [bitcoin])
        #expect(
            connections == [
                VenueConnection(
                    url: "wss://ws.kraken.com/v2",
                    subscriptions: [
                        #"{"method":"subscribe","params":{"channel":"book","depth":10,"symbol":["BTC/USD"]},"req_id":1}"#,
                        #"{"method":"subscribe","params":{"channel":"ohlc","interval":60,"symbol":["BTC/USD"]},"req_id":2}"#,
                        #"{"method":"subscribe","params":{"channel":"ticker","event_trigger":"bbo","symbol":["BTC/USD"]},"req_id":3}"#,
                        #"{"method":"subscribe","params":{"channel":"trade","snapshot":true,"symbol":["BTC/USD"]},"req_id":4}"#,
                    ], replies: 4)
            ])
        #expect(
            try feed().renewal(of: .trades, bitcoin) == [
                #"{"method":"unsubscribe","params":{"channel":"trade","symbol":["BTC/USD"]},"req_id":1000}"#,
                #"{"method":"subscribe","params":{"channel":"trade","snapshot":true,"symbol":["BTC/USD"]},"req_id":1001}"#,
            ])
        #expect(throws: VenueError.self) { try feed().connections([.liquidations], [bitcoin]) }
    }
}
