import Foundation
import HTTP
import Schema
import Synchronization
import TestKit
import Testing
import Venues

@Suite(
    "Binance recorded, over sockets", .timeLimit(.minutes(20)), .serialized,
    .enabled(if: SharedData.required || SharedData.folder != nil))
struct RecordedBinanceVenueTests {
    /// A recording of Binance, and what of it is followed.
    enum BinanceCase: String, CaseIterable, Sendable {
        /// Four futures for half a minute: every message is the venue's own.
        case futures
        /// Bitcoin for less than two minutes: spot trades and updates.
        case spot
        /// Bitcoin's futures for more than a minute, trades put together to aggregates.
        case bitcoinFutures

        var product: BinanceProduct { self == .spot ? .spot : .usdMargined }

        /// Read once, for every seed alike.
        private static let markets = Mutex<[Self: RecordedBinanceMarket]>([:])

        func market() throws -> RecordedBinanceMarket {
            try Self.markets.withLock { markets in
                if let market = markets[self] { return market }
                let market = try read()
                markets[self] = market
                return market
            }
        }

        private func read() throws -> RecordedBinanceMarket {
            switch self {
            case .futures: try .futures()
            case .spot:
                try .hftbacktest("spot_btcusdt_20240808", .spot, symbol: "BTCUSDT", lines: 13_000)
            case .bitcoinFutures:
                try .hftbacktest("usdm_btcusdt_20240808", .usdMargined, symbol: "BTCUSDT", lines: 20_000)
            }
        }

        func run(_ venue: RecordedVenue, _ market: RecordedBinanceMarket) throws -> RecordedRun {
            let product = product
            return RecordedRun(
                market: market, venue: venue,
                feed: try BinanceFeed(product: product, instruments: market.instruments),
                marketData: { url in
                    BinanceMarketData(
                        product: product,
                        client: Binance.client(
                            transport: try CurlClient(), product: product, clock: FastClock(),
                            random: SplitMix64(seed: 1)),
                        address: url)
                },
                channels: self == .futures
                    ? [.trades, .depth, .quotes, .candles(.minute1)] : [.trades, .depth, .candles(.minute1)],
                instruments: market.instruments)
        }
    }

    @Test("All of a recording of Binance arrives, without a gap and without a request", arguments: BinanceCase.allCases)
    func binance(recorded: BinanceCase) async throws {
        let market = try recorded.market()
        let run = try recorded.run(RecordedVenue(market), market)
        let (received, statistics) = try await run.follow()
        run.report(recorded.rawValue, received, statistics)
        try run.check(received)
        run.expectUndisturbed(received, statistics)
        #expect(statistics.allSatisfy { $0.backfilled == 0 && $0.duplicates == 0 })
        for instrument in market.instruments where run.channels.contains(.quotes) {
            #expect(received.quotes[instrument] == (try market.quotes(of: instrument)))
        }
    }

    @Test(
        "Whatever goes wrong, Binance's trades, candles and books come out as they were recorded",
        arguments: BinanceCase.allCases, 0..<2 as Range<UInt64>)
    func faultyBinance(recorded: BinanceCase, seed: UInt64) async throws {
        let market = try recorded.market()
        let venue = RecordedVenue(
            market, seed: seed, faults: StreamFaults.Fault.allCases, oneIn: recorded == .futures ? 60 : 150)
        var run = try recorded.run(venue, market)
        run.healedAt = market.stepCount * 2 / 3
        run.pace = .microseconds(300)
        let (received, statistics) = try await run.follow()
        run.report("\(recorded.rawValue) \(seed)", received, statistics)
        try run.check(received)
        run.expectAnnounced(received, statistics)
    }
}
