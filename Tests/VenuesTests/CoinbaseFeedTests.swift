import Market
import Schema
import Testing
import Venues

// The messages are those of Coinbase's documentation, or typed after the recordings of the shared data.
@Suite("Coinbase feed")
struct CoinbaseFeedTests {
    let bitcoin = Instrument("coinbase.BTC-USD")
    let receivedAt = UnixNanos(seconds: 1_800_000_000)

    private func read(_ text: String) throws -> VenueMessage {
        try CoinbaseFeed(instruments: [bitcoin]).decode(Array(text.utf8), receivedAt: receivedAt)
    }

    private func advanced(_ channel: String, _ events: String) throws -> VenueMessage {
        try read(
            #"""
            {"channel":"\#(channel)","client_id":"","timestamp":"2026-04-07T14:30:02.789012Z","sequence_num":5,
            "events":[\#(events)]}
            """#)
    }

    private let sentAt = UnixNanos(1_775_572_202_789_012_000)

    @Test("Trades come oldest first, begun by the side opposite to the one stated, which is the maker's")
    func trades() throws {
        let message = try advanced(
            "market_trades",
            #"""
            {"type":"update","trades":[
            {"trade_id":"22381691","product_id":"BTC-USD","price":"2375.56","size":"0.5","side":"BUY",
             "time":"2024-10-04T07:13:31.088388Z"},
            {"trade_id":"22381690","product_id":"BTC-USD","price":"2375.55","size":"0.25","side":"SELL",
             "time":"2024-10-04T07:13:31.084859Z"}]}
            """#)
        #expect(message.connectionSequence == 5 && message.time == sentAt)
        let first = try Trade(
            instrument: bitcoin, id: "22381690", price: 2375.55, quantity: 0.25, aggressor: .buyer,
            eventTime: UnixNanos(1_728_026_011_084_859_000), receiveTime: receivedAt)
        let second = try Trade(
            instrument: bitcoin, id: "22381691", price: 2375.56, quantity: 0.5, aggressor: .seller,
            eventTime: UnixNanos(1_728_026_011_088_388_000), receiveTime: receivedAt)
        #expect(message.events == [.trade(first, sequence: 22_381_690), .trade(second, sequence: 22_381_691)])
    }

    @Test("A snapshot is sorted from the spread outwards, an update is kept as it came")
    func depth() throws {
        func levels(_ type: String) -> String {
            func level(_ side: String, _ price: String, _ quantity: String) -> String {
                #"{"side":"\#(side)","event_time":"x","price_level":"\#(price)","new_quantity":"\#(quantity)"}"#
            }
            let all = [
                level("bid", "7", "1"), level("offer", "10", "4"), level("bid", "8", "0.5"), level("offer", "9", "0"),
            ].joined(separator: ",")
            return #"{"type":"\#(type)","product_id":"BTC-USD","updates":[\#(all)]}"#
        }
        func level(_ price: Double, _ quantity: Double) throws -> BookLevel {
            try BookLevel(price: price, quantity: quantity)
        }
        #expect(
            try advanced("l2_data", levels("snapshot")).events == [
                .depthSnapshot(
                    DepthSnapshot(
                        instrument: bitcoin, bids: [try level(8, 0.5), try level(7, 1)],
                        asks: [try level(9, 0), try level(10, 4)], eventTime: sentAt, receiveTime: receivedAt))
            ])
        #expect(
            try advanced("l2_data", levels("update")).events == [
                .depthUpdate(
                    DepthUpdate(
                        instrument: bitcoin, bids: [try level(7, 1), try level(8, 0.5)],
                        asks: [try level(10, 4), try level(9, 0)], eventTime: sentAt, receiveTime: receivedAt))
            ])
    }

    @Test("A ticker is the best bid and ask at the time of its message")
    func ticker() throws {
        let message = try advanced(
            "ticker",
            #"""
            {"type":"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"68900.50",
            "best_bid":"68900.00","best_bid_quantity":"1.50000000","best_ask":"68901.00","best_ask_quantity":"0.5"}]}
            """#)
        let quote = Quote(
            instrument: bitcoin, bid: try BookLevel(price: 68900, quantity: 1.5),
            ask: try BookLevel(price: 68901, quantity: 0.5), eventTime: sentAt, receiveTime: receivedAt)
        #expect(message.events == [.quote(quote, sequence: nil)])
    }

    @Test("Candles are of five minutes and never said to be closed")
    func candles() throws {
        let message = try advanced(
            "candles",
            #"""
            {"type":"update","candles":[{"start":"1775521800","high":"68950.00","low":"68850.00","open":"68900.00",
            "close":"68920.50","volume":"42.15000000","product_id":"BTC-USD"}]}
            """#)
        let candle = try #require(message.events.first?.candle)
        #expect(!candle.isClosed && candle.row.timeframe == .minute5 && candle.row.volume == 42.15)
        #expect(candle.row.openMilliseconds == 1_775_521_800_000 && candle.row.close == 68920.5)
    }

    @Test("A heartbeat is counted, whether the counter is a number or a string", arguments: ["42", "\"42\""])
    func heartbeat(counter: String) throws {
        let message = try advanced("heartbeats", #"{"current_time":"x","heartbeat_counter":\#(counter)}"#)
        #expect(message.events == [.heartbeat(42)])
    }

    @Test("An answer lists all that is subscribed to, and an error is a refusal")
    func answers() throws {
        let message = try advanced("subscriptions", #"{"subscriptions":{"ticker":["BTC-USD"],"level2":["BTC-USD"]}}"#)
        #expect(message.events == [.subscribed(SubscriptionReply(symbols: ["BTC-USD"]))])
        #expect(
            try read(#"{"type":"error","message":"no such channel"}"#).events
                == [.subscriptionRefused(SubscriptionRefusal(message: "no such channel"))])
    }

    @Test("The last match before a subscription does not say when it was sent")
    func lastMatch() throws {
        let text = #"""
            {"type":"TYPE","trade_id":881613,"side":"sell","size":"0.04","price":"14.7775","product_id":"BTC-USD",
            "sequence":333938798,"time":"2021-04-17T16:43:30.244075Z"}
            """#
        let (last, match) = (
            try read(text.replacing("TYPE", with: "last_match")), try read(text.replacing("TYPE", with: "match"))
        )
        #expect(last.time == nil && match.time == UnixNanos(1_618_677_810_244_075_000))
        #expect(last.events == match.events && match.events.first?.trade?.aggressor == .buyer)
    }

    @Test("A ticker of Coinbase Exchange is a quote when it tells sizes, and refused by name when it does not")
    func exchangeTicker() throws {
        let head =
            #"{"type":"ticker","product_id":"BTC-USD","best_bid":"1.5","best_ask":"2","time":"2021-04-17T16:43:30Z""#
        let quote = Quote(
            instrument: bitcoin, bid: try BookLevel(price: 1.5, quantity: 3), ask: try BookLevel(price: 2, quantity: 4),
            eventTime: UnixNanos(seconds: 1_618_677_810), receiveTime: receivedAt)
        #expect(
            try read(head + #","best_bid_size":"3","best_ask_size":"4"}"#).events == [.quote(quote, sequence: nil)])
        #expect(throws: VenueMessageError.unclaimed("ticker without sizes")) { try read(head + "}") }
    }

    static let refused: [(String, VenueMessageError)] = [
        (#"{"type":"received"}"#, .unclaimed("received")),
        (
            #"{"channel":"status","timestamp":"2023-02-09T20:29:49.753424311Z","sequence_num":0,"events":[]}"#,
            .unclaimed("status")
        ),
        (
            #"{"channel":"ticker","timestamp":"yesterday","sequence_num":0,"events":[]}"#,
            .malformed(".timestamp: \"yesterday\" is no date in UTC")
        ),
        (
            #"{"type":"l2update","product_id":"BTC-USD","changes":[["hold","1","1"]],"time":"2021-04-17T16:43:30Z"}"#,
            .malformed(".changes[0]: neither buy nor sell")
        ),
        (
            #"{"type":"l2update","product_id":"ETH-USD","changes":[],"time":"2021-04-17T16:43:30Z"}"#,
            .unknownSymbol("ETH-USD")
        ),
    ]

    @Test("What is not claimed is refused by name, and what is wrong by its place", arguments: refused)
    func refusals(text: String, error: VenueMessageError) { #expect(throws: error) { try read(text) } }

    @Test("Heartbeats are always asked for, and each channel in a frame of its own")
    func connections() throws {
        let feed = try CoinbaseFeed(instruments: [bitcoin])
        #expect(
            try feed.connections([.trades, .depth, .candles(.minute5)], [bitcoin]) == [
                VenueConnection(
                    url: "wss://advanced-trade-ws.coinbase.com",
                    subscriptions: [
                        #"{"type":"subscribe","channel":"heartbeats"}"#,
                        #"{"type":"subscribe","product_ids":["BTC-USD"],"channel":"candles"}"#,
                        #"{"type":"subscribe","product_ids":["BTC-USD"],"channel":"level2"}"#,
                        #"{"type":"subscribe","product_ids":["BTC-USD"],"channel":"market_trades"}"#,
                    ], replies: 4)
            ])
        let exchange = try CoinbaseFeed(interface: .exchange, instruments: [bitcoin])
        #expect(
            try exchange.connections([.trades], [bitcoin]).first?.subscriptions == [
                #"{"type":"subscribe","product_ids":["BTC-USD"],"channels":["heartbeat"]}"#,
                #"{"type":"subscribe","product_ids":["BTC-USD"],"channels":["matches"]}"#,
            ])
        #expect(throws: VenueError.self) { try feed.connections([.candles(.minute1)], [bitcoin]) }
    }
}
