import Foundation
import HTTP
import Schema
import TestKit
import Testing
import Trading
import Venues

@Suite(
    "Recorded Binance answers", .timeLimit(.minutes(20)), .enabled(if: SharedData.required || SharedData.folder != nil))
struct RecordedBinanceTests {
    private func marketData(_ file: String) throws -> (BinanceMarketData, FakeVenue, body: String) {
        let folder = try #require(SharedData.folder)
        let body = try Data(contentsOf: folder.appendingPathComponent("data/raw_messages/nautilus_lgpl/\(file)"))
        let venue = try FakeVenue(script: [.init(200, body: Array(body)), .init(200, "[]")])
        let client = Binance.client(
            transport: try CurlClient(), clock: SkippingClock(), random: SplitMix64(seed: 3))
        let text = String(decoding: body, as: UTF8.self)
        return (BinanceMarketData(client: client, address: venue.url), venue, text)
    }

    @Test("Ten minutes of October 2021 come out as published, to the last digit")
    func spotKlines() async throws {
        let (marketData, venue, body) = try marketData("binance_py/http_responses/http_spot_market_klines.json")
        defer { withExtendedLifetime(venue) {} }
        let first: Int64 = 1_634_943_780
        let pages = try marketData.candles(
            Instrument("binance.BTC-USDT"), .minute1, from: UnixNanos(seconds: first),
            to: UnixNanos(seconds: first + 600), asOf: UnixNanos(seconds: 2_000_000_000))
        var candles: [Candle] = []
        for try await page in pages {
            #expect(page.anomalies.isEmpty)
            candles += page.candles
        }
        #expect(candles.map(\.openTime) == (0..<10).map { UnixNanos(seconds: first + $0 * 60) })
        #expect(
            candles.first
                == (try Candle(
                    instrument: Instrument("binance.BTC-USDT"), timeframe: .minute1,
                    openTime: UnixNanos(seconds: first),
                    open: 60685.22, high: 60729.84, low: 60670.90, close: 60719.27, volume: 21.63272)))
        #expect(candles.last?.volume == 0.04734)
        // Printing the numbers as the venue prints them gives the venue's own text back.
        for number in candles.flatMap({ [$0.open, $0.high, $0.low, $0.close, $0.volume] }) {
            #expect(body.contains("\"\(String(format: "%.8f", number))\""))
        }
    }

    @Test("The trading rules of BTCUSDT are read exactly")
    func rules() async throws {
        let (marketData, venue, _) = try marketData("binance_py/http_responses/http_spot_market_exchange_info.json")
        defer { withExtendedLifetime(venue) {} }
        let bitcoin = Instrument("binance.BTC-USDT")
        let listing = try #require(try await marketData.listings(of: [bitcoin]).first)
        #expect(listing.symbol == "BTCUSDT" && listing.status == .trading)
        #expect(listing.rules.tick == Decimal12("0.01") && listing.rules.step == Decimal12("0.00001"))
        #expect(
            listing.rules.minimumQuantity == Decimal12("0.00001") && listing.rules.maximumQuantity == Decimal12(9000))
        #expect(listing.rules.minimumNotional == Decimal12(10))
    }

    @Test("A symbol without filters has no rules, so it is omitted, and it is said why")
    func missingFilters() async throws {
        let (marketData, venue, _) = try marketData("binance/spot/http_json/exchange_info_response.json")
        defer { withExtendedLifetime(venue) {} }
        let listings = try await marketData.allListings()
        #expect(listings.instruments.isEmpty)
        #expect(listings.omitted == ["ETHBTC": "no PRICE_FILTER"])
    }
}
