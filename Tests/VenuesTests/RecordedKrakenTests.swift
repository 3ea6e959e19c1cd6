import HTTP
import Market
import Schema
import TestKit
import Testing
import Venues

@Suite("Recorded Kraken answers", .enabled(if: SharedData.required || SharedData.folder != nil))
struct RecordedKrakenTests {
    let pair = Instrument("kraken.BTC-USDT")

    private func data(_ file: String) throws -> KrakenMarketData {
        let body = try Recording.file("data/raw_messages/nautilus_lgpl/kraken/\(file)")
        return KrakenMarketData(
            client: Kraken.client(
                transport: CannedTransport(body), clock: SkippingClock(), random: SplitMix64(seed: 1)))
    }

    @Test("The minutes that Kraken publishes are those that its trades make")
    func candlesOfTrades() async throws {
        let now = UnixNanos(seconds: 1_762_820_224)
        let trades = try await data("http_trades.json").recentTrades(pair, receivedAt: now).map(\.trade)
        var published: [Candle] = []
        for try await page in try data("http_ohlc.json").candles(
            pair, .minute1, from: UnixNanos(0), to: now, asOf: now)
        {
            #expect(page.anomalies.isEmpty)
            published += page.candles
        }
        #expect(trades.count == 1000 && published.count == 720)
        // The first minute of the trades is cut, and the last one was open.
        let first = try #require(trades.first).eventTime
        let complete = published.filter { $0.openTime > first }
        var (compared, differing) = (0, 0)
        for candle in complete {
            let within = trades.filter { $0.eventTime >= candle.openTime && $0.eventTime < candle.closeTime }
            guard let open = within.first, let close = within.last else {
                #expect(candle.volume == 0)
                continue
            }
            compared += 1
            let volume = within.reduce(0) { $0 + $1.quantity }
            let isEqual =
                candle.open == open.price && candle.close == close.price
                && candle.high == within.map(\.price).max() && candle.low == within.map(\.price).min()
                && abs(candle.volume - volume) < 1e-9
            if !isEqual { differing += 1 }
        }
        print("Kraken's minutes: \(compared) compared with their trades, \(differing) differ")
        #expect(compared == 273 && differing == 0)
    }

    @Test("Kraken's book is read as published")
    func book() async throws {
        let book = try await data("http_order_book.json").depthSnapshot(pair, receivedAt: UnixNanos(7))
        #expect(book.asks.first == (try BookLevel(price: 105944.3, quantity: 0.136)))
        #expect(book.bids.first == (try BookLevel(price: 105944.2, quantity: 0.002)))
        #expect(book.asks.count == 5 && book.eventTime == UnixNanos(7))
    }
}
