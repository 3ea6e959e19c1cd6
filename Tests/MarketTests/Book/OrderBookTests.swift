import Market
import Schema
import Testing

@Suite("Order book")
struct OrderBookTests {
    let instrument = Instrument("kraken.BTC-USD")

    private func levels(_ pairs: [(Double, Double)]) throws -> [BookLevel] {
        try pairs.map { try BookLevel(price: $0.0, quantity: $0.1) }
    }

    @Test("Any sequence of changes leaves what a dictionary of prices holds", arguments: 0..<40 as Range<UInt64>)
    func equalsDictionary(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var book = OrderBook(instrument: instrument)
        var (bids, asks): ([Double: Double], [Double: Double]) = ([:], [:])
        for _ in 0..<2000 {
            let isBid = Bool.random(using: &random)
            let price = Double(Int.random(in: 1...150, using: &random)) / 4
            let quantity = Double(max(0, Int.random(in: -3...6, using: &random)))
            let level = [try BookLevel(price: price, quantity: quantity)]
            if isBid { bids[price] = quantity } else { asks[price] = quantity }
            book.apply(bids: isBid ? level : [], asks: isBid ? [] : level)
        }
        let expectedBids = bids.filter { $0.value > 0 }.sorted { $0.key > $1.key }
        let expectedAsks = asks.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        let (bestBids, bestAsks) = book.best(.max)
        #expect(bestBids == (try levels(expectedBids.map { ($0.key, $0.value) })))
        #expect(bestAsks == (try levels(expectedAsks.map { ($0.key, $0.value) })))
        #expect(book.bestBid?.price == expectedBids.first?.key && book.bestAsk?.price == expectedAsks.first?.key)
        #expect(book.counts == (expectedBids.count, expectedAsks.count))
    }

    @Test("A snapshot replaces everything, in whatever order it comes")
    func snapshotReplaces() throws {
        var book = OrderBook(instrument: instrument)
        book.replace(bids: try levels([(9, 1), (8, 1)]), asks: try levels([(10, 1)]))
        book.replace(bids: try levels([(5, 1), (7, 2), (6, 3)]), asks: try levels([(12, 1), (11, 4)]))
        #expect(book.best(10).bids == (try levels([(7, 2), (6, 3), (5, 1)])))
        #expect(book.best(10).asks == (try levels([(11, 4), (12, 1)])))
    }

    @Test("A book of a stated depth forgets what falls out of it, and does not find it again")
    func depthIsCut() throws {
        var book = OrderBook(instrument: instrument, levels: 2)
        book.replace(bids: try levels([(9, 1), (8, 1), (7, 1)]), asks: [])
        book.apply(bids: try levels([(9.5, 1)]), asks: [])
        book.apply(bids: try levels([(9.5, 0)]), asks: [])
        #expect(book.best(10).bids == (try levels([(9, 1)])))
    }

    @Test("The feed's book has ten levels a side and its quote the best of them")
    func feedValues() throws {
        var book = OrderBook(instrument: instrument)
        let (event, receive) = (UnixNanos(seconds: 5), UnixNanos(seconds: 6))
        book.apply(bids: try levels((1...12).map { (Double($0), 1) }), asks: [])
        #expect(book.quote(eventTime: event, receiveTime: receive) == nil)
        book.apply(bids: [], asks: try levels([(13, 2)]))
        let value = book.book(eventTime: event, receiveTime: receive)
        #expect(value.bids.map(\.price) == (3...12).reversed().map(Double.init) && value.asks.map(\.price) == [13])
        #expect((value.eventTime, value.receiveTime) == (event, receive))
        let quote = try #require(book.quote(eventTime: event, receiveTime: receive))
        #expect(quote.bid == value.bids[0] && quote.ask == value.asks[0])
    }

    @Test("Kraken's own example has the checksum that Kraken states")
    func krakenExample() throws {
        // Kraken, "Spot Websocket v2, Guide: Book Checksum".
        var book = OrderBook(instrument: instrument, levels: 10)
        book.replace(
            bids: try levels([
                (45283.5, 0.10000000), (45283.4, 1.54582015), (45282.1, 0.10000000), (45281.0, 0.10000000),
                (45280.3, 1.54592586), (45279.0, 0.07990000), (45277.6, 0.03310103), (45277.5, 0.30000000),
                (45277.3, 1.54602737), (45276.6, 0.15445238),
            ]),
            asks: try levels([
                (45285.2, 0.00100000), (45286.4, 1.54571953), (45286.6, 1.54571109), (45289.6, 1.54560911),
                (45290.2, 0.15890660), (45291.8, 1.54553491), (45294.7, 0.04454749), (45296.1, 0.35380000),
                (45297.5, 0.09945542), (45299.5, 0.18772827),
            ]))
        #expect(book.checksum(pricePlaces: 1, quantityPlaces: 8) == 3_310_070_434)
    }
}
