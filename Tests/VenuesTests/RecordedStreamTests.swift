import Foundation
import Market
import Schema
import TestKit
import Testing
import Venues

// Recorded for half a minute each by cryptofeed; data/README.md of the shared data says when.
@Suite("Recorded streams", .enabled(if: SharedData.required || SharedData.folder != nil))
struct RecordedStreamTests {
    private func report(_ name: String, _ counts: EventCounts) { print("recorded stream \(name): \(counts)") }

    @Test("Every message of Binance's spot streams is read")
    func binance() throws {
        let feed = try BinanceFeed(
            instruments: ["NKN-USDT", "BLZ-ETH", "LRC-BTC", "RUNE-EUR"].map { Instrument("binance.\($0)") })
        let (messages, counts) = feed.read(try Recording(cryptofeed: "BINANCE.ws.1.0"))
        report("BINANCE", counts)
        #expect(
            counts
                == EventCounts(messages: 265, ["update": 177, "quote": 84, "trade": 2, "candle": 2]))
        let events = messages.flatMap(\.events)
        #expect(
            events.first
                == .depthUpdate(
                    DepthUpdate(
                        instrument: Instrument("binance.NKN-USDT"),
                        bids: [
                            try BookLevel(price: 0.3513, quantity: 6195), try BookLevel(price: 0.3475, quantity: 5548),
                            try BookLevel(price: 0.3464, quantity: 6222),
                        ],
                        asks: [], firstSequence: 499_869_750, lastSequence: 499_869_752,
                        eventTime: UnixNanos(milliseconds: 1_633_998_512_068),
                        receiveTime: UnixNanos(Int64(1633998512.0633569 * 1e9)))))
        #expect(sequenceBreaks(events, linked: false) == 0)
    }

    @Test("The candle that a trade makes shows the trade: last price, and quantity added")
    func candleAfterTrade() throws {
        let feed = try BinanceFeed(instruments: [
            Instrument("binance.NKN-USDT"), Instrument("binance.BLZ-ETH"), Instrument("binance.LRC-BTC"),
            Instrument("binance.RUNE-EUR"),
        ])
        let events = feed.read(try Recording(cryptofeed: "BINANCE.ws.1.0")).messages.flatMap(\.events)
        var compared = 0
        for (trade, candle) in zip(events.compactMap(\.trade), events.compactMap(\.candle)) {
            #expect(trade.instrument.name == candle.row.instrument && trade.price == candle.row.close)
            #expect(!candle.isClosed && candle.row.volume >= trade.quantity)
            compared += 1
        }
        #expect(compared == 2)
    }

    @Test("Every message of Binance's futures streams is read")
    func binanceFutures() throws {
        let feed = try BinanceFeed(
            product: .usdMargined,
            instruments: ["SUSHI", "AKRO", "KEEP", "CTK"].map { Instrument("binanceusdm.\($0)-USDT") })
        let (messages, counts) = feed.read(try Recording(cryptofeed: "BINANCE_FUTURES.ws.1.0"))
        report("BINANCE_FUTURES", counts)
        #expect(
            counts
                == EventCounts(messages: 1535, ["update": 764, "quote": 613, "trade": 91, "candle": 67]))
        #expect(sequenceBreaks(messages.flatMap(\.events), linked: true) == 0)
    }

    @Test("Every message of Coinbase's feed is read, but for tickers, which had no sizes then")
    func coinbase() throws {
        let products = [
            "SKL-USD", "SKL-BTC", "BAND-GBP", "NMR-EUR", "BAND-BTC", "YFI-BTC", "DASH-BTC", "NU-GBP", "CRV-EUR",
            "SKL-GBP",
        ]
        let feed = try CoinbaseFeed(interface: .exchange, instruments: products.map { Instrument("coinbase.\($0)") })
        let (messages, counts) = feed.read(try Recording(cryptofeed: "COINBASE.ws.28.0"))
        report("COINBASE", counts)
        #expect(
            counts
                == EventCounts(
                    messages: 9946,
                    [
                        "subscribed": 3, "snapshot": 10, "update": 9719, "trade": 107,
                        "unclaimed ticker without sizes": 107,
                    ]))
        // Each product's trades are numbered without a hole, which starts at the trade before the subscription.
        var last: [Instrument: UInt64] = [:]
        for case .trade(let trade, let sequence) in messages.flatMap(\.events) {
            let number = try #require(sequence)
            if let before = last[trade.instrument] { #expect(number == before + 1) }
            last[trade.instrument] = number
        }
        #expect(last.count == 10)
    }

    @Test("A Coinbase trade takes from the side of the book that its aggressor crosses to")
    func coinbaseAggressor() throws {
        // Recorded as side "sell", the maker's; 985 SKL at 0.00001305.
        let feed = try CoinbaseFeed(interface: .exchange, instruments: [Instrument("coinbase.SKL-BTC")])
        let message = try feed.decode(
            Array(
                #"{"type":"match","trade_id":280232,"maker_order_id":"a","taker_order_id":"b","side":"sell","size":"985","price":"0.00001305","product_id":"SKL-BTC","sequence":177100030,"time":"2021-04-17T16:43:37.089723Z"}"#
                    .utf8), receivedAt: UnixNanos(7))
        let trade = try #require(message.events.first?.trade)
        #expect(trade.aggressor == .buyer && trade.price == 0.00001305 && trade.quantity == 985)
        #expect(trade.eventTime.description == "2021-04-17T16:43:37.089723Z" && trade.receiveTime == UnixNanos(7))
    }

    @Test(
        "Every message of Kraken's version 1 is read",
        arguments: [
            ("KRAKEN.ws.48.0", 49, ["subscribed": 10, "status": 1, "heartbeat": 30, "trade": 10]),
            ("KRAKEN.ws.49.0", 60, ["subscribed": 10, "status": 1, "heartbeat": 31, "quote": 18]),
            ("KRAKEN.ws.50.0", 4321, ["subscribed": 10, "status": 1, "heartbeat": 31, "snapshot": 10, "update": 4269]),
        ] as [(String, Int, [String: Int])])
    func kraken(name: String, messages: Int, counts expected: [String: Int]) async throws {
        let feed = try KrakenFeed(listings: try await recordedKrakenListings().instruments)
        let counts = feed.read(try Recording(cryptofeed: name)).counts
        report(name, counts)
        #expect(counts == EventCounts(messages: messages, expected))
    }

    @Test("Kraken's futures are not claimed, and refused by name")
    func krakenFutures() throws {
        let feed = try KrakenFeed(listings: [])
        let counts = feed.read(try Recording(cryptofeed: "KRAKEN_FUTURES.ws.1.0")).counts
        report("KRAKEN_FUTURES", counts)
        #expect(
            counts
                == EventCounts(
                    messages: 7175,
                    [
                        "unclaimed info": 1, "unclaimed subscribed": 30, "unclaimed futures book": 7014,
                        "unclaimed futures book_snapshot": 10, "unclaimed futures trade": 3,
                        "unclaimed futures trade_snapshot": 10, "unclaimed futures ticker_lite": 107,
                    ]))
    }

    /// Places where an update does not follow the one before it.
    private func sequenceBreaks(_ events: [VenueEvent], linked: Bool) -> Int {
        var last: [Instrument: UInt64] = [:]
        var breaks = 0
        for case .depthUpdate(let update) in events {
            if let before = last[update.instrument] {
                let follows = linked ? update.previousSequence == before : update.firstSequence == before + 1
                if !follows { breaks += 1 }
            }
            last[update.instrument] = update.lastSequence
        }
        return breaks
    }
}
