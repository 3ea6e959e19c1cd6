import Market
import Schema
import Testing
import Venues

// The messages are those of Binance's documentation, or typed after the recordings of the shared data.
@Suite("Binance feed")
struct BinanceFeedTests {
    let bitcoin = Instrument("binanceusdm.BTC-USDT")
    let receivedAt = UnixNanos(milliseconds: 1_800_000_000_000)

    private func futures(_ text: String) throws -> VenueMessage {
        try BinanceFeed(product: .usdMargined, instruments: [bitcoin]).decode(Array(text.utf8), receivedAt: receivedAt)
    }

    private func spot(_ text: String) throws -> VenueMessage {
        try BinanceFeed(instruments: [Instrument("binance.BTC-USDT")]).decode(
            Array(text.utf8), receivedAt: receivedAt)
    }

    @Test("A trade whose buyer was the maker was begun by the seller", arguments: [true, false])
    func trade(isBuyerMaker: Bool) throws {
        let message = try spot(
            #"""
            {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,
            "p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":\#(isBuyerMaker),"M":true}}
            """#)
        #expect(message.time == UnixNanos(milliseconds: 1_723_161_255_343) && message.connectionSequence == nil)
        let trade = try Trade(
            instrument: Instrument("binance.BTC-USDT"), id: "3735683259", price: 61837.63, quantity: 0.02,
            aggressor: isBuyerMaker ? .seller : .buyer, eventTime: UnixNanos(milliseconds: 1_723_161_255_342),
            receiveTime: receivedAt)
        #expect(message.events == [.trade(trade, sequence: 3_735_683_259)])
    }

    @Test("An aggregate's identifier is none of a single trade's")
    func aggregate() throws {
        let message = try futures(
            #"{"e":"aggTrade","E":9,"a":16599292,"s":"BTCUSDT","p":"1.01100","q":"10","f":1,"l":2,"T":8,"m":false}"#)
        let trade = try Trade(
            instrument: bitcoin, id: "a16599292", price: 1.011, quantity: 10, aggressor: .buyer,
            eventTime: UnixNanos(milliseconds: 8), receiveTime: receivedAt)
        #expect(message.events == [.trade(trade, sequence: 16_599_292)])
    }

    @Test("What the insurance fund takes over is no trade")
    func insuranceFund() throws {
        let text = #"{"e":"trade","E":9,"T":8,"s":"BTCUSDT","t":5,"p":"1","q":"1","X":"INSURANCE_FUND","m":false}"#
        #expect(try futures(text) == VenueMessage(time: UnixNanos(milliseconds: 9), events: []))
    }

    @Test("A spot quote has the time of its receipt, a futures quote the venue's")
    func quotes() throws {
        let bid = try BookLevel(price: 61800.2, quantity: 2.507)
        let ask = try BookLevel(price: 61800.3, quantity: 2.51)
        let body = #""u":5123107839020,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510""#
        let spot = try spot(#"{"stream":"btcusdt@bookTicker","data":{\#(body)}}"#)
        #expect(
            spot.events == [
                .quote(
                    Quote(
                        instrument: Instrument("binance.BTC-USDT"), bid: bid, ask: ask, eventTime: receivedAt,
                        receiveTime: receivedAt), sequence: 5_123_107_839_020)
            ])
        #expect(spot.time == nil)
        let futures = try futures(#"{"e":"bookTicker",\#(body),"T":1723161256313,"E":1723161256314}"#)
        #expect(
            futures.events == [
                .quote(
                    Quote(
                        instrument: bitcoin, bid: bid, ask: ask, eventTime: UnixNanos(milliseconds: 1_723_161_256_313),
                        receiveTime: receivedAt), sequence: 5_123_107_839_020)
            ])
        #expect(futures.time == UnixNanos(milliseconds: 1_723_161_256_314))
    }

    @Test("A book with an empty side has no quote")
    func emptySide() throws {
        let text = #"{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"0","B":"0","a":"3","A":"1"}}"#
        #expect(try spot(text).events.isEmpty)
    }

    @Test("A futures update names its predecessor, and zero takes a price out")
    func depth() throws {
        let message = try futures(
            #"""
            {"e":"depthUpdate","E":1571889248277,"T":1571889248276,"s":"BTCUSDT","U":390497796,"u":390497878,
            "pu":390497794,"b":[["7403.89","0.002"]],"a":[["7405.96","0"]]}
            """#)
        #expect(
            message.events == [
                .depthUpdate(
                    DepthUpdate(
                        instrument: bitcoin, bids: [try BookLevel(price: 7403.89, quantity: 0.002)],
                        asks: [try BookLevel(price: 7405.96, quantity: 0)], firstSequence: 390_497_796,
                        lastSequence: 390_497_878, previousSequence: 390_497_794,
                        eventTime: UnixNanos(milliseconds: 1_571_889_248_276), receiveTime: receivedAt))
            ])
    }

    @Test("A candle says whether it is closed", arguments: [true, false])
    func candle(isClosed: Bool) throws {
        let message = try futures(
            #"""
            {"e":"kline","E":1638747660000,"s":"BTCUSDT","k":{"t":1638747600000,"T":1638747659999,"s":"BTCUSDT","i":"1m",
            "f":1,"L":2,"o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":1,"x":\#(isClosed),"q":"1"}}
            """#)
        guard case .candle(let candle) = message.events.first else { throw NoEvent() }
        #expect(candle.isClosed == isClosed && candle.row.timeframe == .minute1)
        #expect(candle.row.instrument == "binanceusdm.BTC-USDT" && candle.row.openMilliseconds == 1_638_747_600_000)
        let prices = [candle.row.open, candle.row.high, candle.row.low, candle.row.close, candle.row.volume]
        #expect(prices == [0.001, 0.0025, 0.0015, 0.002, 1000])
    }

    @Test("A mark price tells the funding that is to come; a contract without funding tells nothing")
    func funding() throws {
        let text = #"{"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"1","r":"RATE","T":1562306400000}"#
        let forecast = FundingForecast(
            instrument: bitcoin, rate: 0.00038167, settlementTime: UnixNanos(milliseconds: 1_562_306_400_000),
            eventTime: UnixNanos(milliseconds: 1_562_305_380_000), receiveTime: receivedAt)
        #expect(
            try futures(text.replacing("RATE", with: "0.00038167")).events == [.fundingForecast(forecast)])
        #expect(try futures(text.replacing("RATE", with: "")).events.isEmpty)
    }

    @Test(
        "A forced sale closes a long position, a forced purchase a short one, worth what was filled",
        arguments: [("SELL", .longLiquidation), ("BUY", .shortLiquidation)] as [(String, SideValue.Series)])
    func liquidation(side: String, series: SideValue.Series) throws {
        let message = try futures(
            #"""
            {"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"\#(side)","o":"LIMIT","f":"IOC","q":"0.014",
            "p":"9910","ap":"9900.50","X":"FILLED","l":"0.014","z":"0.010","T":1568014460892}}
            """#)
        let value = try SideValue(
            series: series, instrument: bitcoin, value: 9900.5 * 0.01, time: UnixNanos(milliseconds: 1_568_014_460_892),
            knownAt: receivedAt)
        #expect(message.events == [.sideValue(value)])
    }

    @Test("Answers to odd requests are subscriptions, to even ones the end of them; errors are refusals")
    func answers() throws {
        #expect(try spot(#"{"result":null,"id":1}"#).events == [.subscribed(SubscriptionReply(request: 1))])
        #expect(try spot(#"{"result":null,"id":2}"#).events == [.unsubscribed(SubscriptionReply(request: 2))])
        let refusal = SubscriptionRefusal(request: 3, code: 2, message: "Invalid request: unknown variant")
        #expect(
            try spot(#"{"error":{"code":2,"msg":"Invalid request: unknown variant"},"id":3}"#).events
                == [.subscriptionRefused(refusal)])
        #expect(
            try spot(#"{"code":2,"msg":"Invalid request: unknown variant","id":3}"#).events
                == [.subscriptionRefused(refusal)])
    }

    static let refused: [(String, VenueMessageError)] = [
        (#"{"e":"24hrTicker","s":"BTCUSDT"}"#, .unclaimed("24hrTicker")),
        (#"{"stream":"btcusdt@depth5","data":{"lastUpdateId":1}}"#, .unclaimed("depth5")),
        (#"{"stream":"!ticker@arr","data":[]}"#, .unclaimed("!ticker@arr")),
        (#"{"result":["btcusdt@trade"],"id":3}"#, .unclaimed("result")),
        (#"{"subscriptionId":0,"event":{"e":"executionReport"}}"#, .unclaimed("executionReport")),
        (
            #"{"e":"kline","E":1,"s":"BTCUSDT","k":{"t":1,"i":"3m","o":"1","h":"1","l":"1","c":"1","v":"1","x":true}}"#,
            .unclaimed("kline_3m")
        ),
        (#"{"e":"depthUpdate","E":1,"s":"XRPUSDT","U":1,"u":1,"b":[],"a":[]}"#, .unknownSymbol("XRPUSDT")),
        (
            #"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":1,"b":[["1","1"],["-1","1"]],"a":[]}"#,
            .malformed(".b[1]: price must be a finite number above zero, not -1.0")
        ),
        (
            #"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":1,"b":[["1","nan"]],"a":[]}"#,
            .malformed(".b[0][1]: \"nan\" is not a decimal number")
        ),
        (
            #"{"e":"trade","E":-1,"s":"BTCUSDT","t":5,"p":"1","q":"1","T":1,"m":false}"#,
            .malformed(".E: -1 is no time in milliseconds")
        ),
        (
            #"{"e":"trade","E":1,"s":"BTCUSDT","t":5,"p":"1","q":"0","T":1,"m":false}"#,
            .malformed("quantity must be a finite number above zero, not 0.0")
        ),
    ]

    @Test("What is not claimed is refused by name, and what is wrong by its place", arguments: refused)
    func refusals(text: String, error: VenueMessageError) { #expect(throws: error) { try spot(text) } }
}
