import Foundation
import Market
import Schema
import Store
import Synchronization
import TestKit
import TestTraits
import Testing

/// Counts from zero.
final class Counter: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}

@Suite("Live feeds", .timeLimit(.minutes(30)), .processes)
struct LiveFeedTests {
    /// What the ingestor stored.
    private struct Feed {
        var candles: [String: [Candle]] = [:]
        var trades: [String: [Int]] = [:]
        var quotes: [String: Int] = [:]
        var sides: [SideValue] = []
        var anomalies: [Anomaly] = []
        /// Candles that do not sum up the trades since the one before.
        var disorder: [String] = []
        private var volume: [String: Double] = [:]

        mutating func take(_ message: Message) {
            switch message {
            case .trade(let trade):
                trades[trade.instrument.name, default: []].append(Int(trade.id) ?? 0)
                volume[trade.instrument.name, default: 0] += trade.quantity
            case .candle(let candle) where candle.timeframe == .minute1:
                let name = candle.instrument.name
                candles[name, default: []].append(candle)
                let sum = volume[name] ?? 0
                volume[name] = 0
                if trades[name] != nil, sum != candle.volume {
                    disorder.append("\(candle.openTime): \(sum) of \(candle.volume)")
                }
            case .quote(let quote): quotes[quote.instrument.name, default: 0] += 1
            case .side(let value): sides.append(value)
            case .anomaly(let anomaly): anomalies.append(anomaly)
            default: break
            }
        }
    }

    private static func feed(_ url: String) throws -> (feed: Feed, end: UnixNanos) {
        let log = FeedLog(try PostgresConnection(url))
        var (feed, position, end) = (Feed(), FeedPosition.start, UnixNanos(0))
        while true {
            let batches = try log.batches(after: position, limit: 256)
            for entry in batches.flatMap(\.entries) { feed.take(entry.event.message) }
            guard let last = batches.last else { return (feed, end) }
            (position, end) = (last.watermark.position, last.watermark.time)
        }
    }

    @Test(
        "A feed of a failing venue, through an ingestor that is killed, has every trade and every candle once and in order"
    )
    func killed() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let market = LiveMarket(minutesAgo: 30)
        try await FakeStreamVenue.run(LiveVenue(market).behaviour) { venue in
            try await PostgresFixture.withDatabase { url in
                func start() throws -> ServiceProcess {
                    try ServiceProcess(
                        "ingestor",
                        [
                            "--database-url", url, "--bus-folder", folder.path, "--source-kind", "exchange,synthetic",
                            "--market-instruments", "binance.BTC-USDT,binance.ETH-USDT", "--market-timeframe", "1m",
                            "--market-higher", "5m", "--source-url", venue.url, "--source-stream-url", venue.streamURL,
                            "--source-channels", "trades,quotes", "--source-history", "10",
                        ], in: folder.path)
                }
                func reached(_ time: Int64, _ ingestor: ServiceProcess) async throws {
                    let connection = try PostgresConnection(url)
                    _ = try await eventually("the feed reaches \(time): \(ingestor.log)", within: 900) {
                        try FeedLog(connection).head().map { $0.watermark.time.milliseconds >= time }.flatMap {
                            $0 ? true : nil
                        }
                    }
                }
                let begin = LiveMarket.now / LiveMarket.minute * LiveMarket.minute
                let first = try start()
                // A minute that was live from its beginning, and then one in which the process was away.
                try await reached(begin + 2 * LiveMarket.minute, first)
                try await Task.sleep(for: .seconds(20))
                first.cut()
                try await Task.sleep(for: .seconds(3))
                let second = try start()
                try await reached(begin + 3 * LiveMarket.minute, second)
                #expect(second.stop() == 0, "\(second.log)")
                #expect(!first.log.contains("another takes its place"))
                try check(Self.feed(url), market, begin)
                let status = try FeedStatusStore(PostgresConnection(url)).status()
                #expect(status?.source == "exchange" && status?.detail == venue.url)
            }
        }
    }

    @Test("A feed of two venues, by REST alone, has the candles of both, and funding once, where it was paid")
    func derivatives() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let begin = LiveMarket.now / LiveMarket.minute * LiveMarket.minute
        let names = ["binance.BTC-USDT", "binanceusdm.BTC-USDT"]
        try await FakeStreamVenue.run(LiveVenue(LiveMarket(minutesAgo: 30)).behaviour) { venue in
            try await PostgresFixture.withDatabase { url in
                let log = FeedLog(try PostgresConnection(url))
                for minutes in Int64(0)...2 {
                    let ingestor = try ServiceProcess(
                        "ingestor",
                        [
                            "--database-url", url, "--bus-folder", folder.path, "--source-kind", "exchange",
                            "--market-instruments", names.joined(separator: ","), "--market-timeframe", "1m",
                            "--market-higher", "5m", "--source-transport", "rest", "--source-history", "12",
                            "--source-url", "binance=\(venue.url),binanceusdm=\(venue.url)",
                            "--source-channels", "funding-rates,open-interest",
                        ], in: folder.path)
                    _ = try await eventually("minute \(minutes)", within: 900) {
                        let time = try log.head()?.watermark.time.milliseconds ?? 0
                        return time >= begin + minutes * LiveMarket.minute ? true : nil
                    }
                    ingestor.cut()
                }
                let (feed, end) = try Self.feed(url)
                let start = try #require(feed.candles[names[0]]?.first?.openTime.milliseconds)
                let minutes = Array(stride(from: start, to: end.milliseconds, by: Int(LiveMarket.minute)))
                for name in names { #expect(feed.candles[name]?.map(\.openTime.milliseconds) == minutes, "\(name)") }
                #expect(feed.anomalies == [] && feed.sides.allSatisfy { $0.instrument.name == names[1] })
                let span = LiveMarket.fundingSpan
                let paid = stride(from: (start + span - 1) / span * span, to: end.milliseconds, by: Int(span))
                let funding = feed.sides.filter { $0.series == .fundingRate }
                // The last one is paid a moment before it can be asked for.
                #expect(Array(paid).starts(with: funding.map(\.time.milliseconds)))
                #expect(funding.count >= 2 && funding.count >= Array(paid).count - 1)
                #expect(funding.filter { $0.time.milliseconds < begin }.allSatisfy { $0.knownAt == $0.time })
                #expect(feed.sides.contains { $0.series == .openInterest && $0.value == 12.5 })
            }
        }
    }

    @Test("A feed whose venue does not answer begins with the files, says so, and keeps them when the venue is back")
    func fallback() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let rows = (0..<5).map { "\(1_700_000_040_000 + $0 * 60_000),1,1,1,1,1\n" }
        let file = folder.appendingPathComponent("BTC-USDT_1m.csv")
        func write(_ rows: [String]) throws {
            try ("open_time_ms,open,high,low,close,volume\n" + rows.joined()).write(
                to: file, atomically: true, encoding: .utf8)
        }
        try write(Array(rows.prefix(3)))
        try await PostgresFixture.withDatabase { url in
            let status = try await Self.feed(
                url, folder.path, venue: "http://127.0.0.1:\(FakeVenue.unusedPort())", batches: 3)
            #expect(status.source == "file" && status.detail.hasPrefix("\(folder.path) (exchange: binance: "))
            try write(rows)
            let venue = try FakeVenue { _, _ in FakeVenue.Reply(200, "[]") }
            #expect(try await Self.feed(url, folder.path, venue: venue.url, batches: 5).source == "file")
        }
    }

    @Test("A feed over candles that were imported ends, and says what stands in its way")
    func imported() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "open_time_ms,open,high,low,close,volume\n1700000040000,1,1,1,1,1\n".write(
            to: folder.appendingPathComponent("BTC-USDT_1m.csv"), atomically: true, encoding: .utf8)
        try await PostgresFixture.withDatabase { url in
            try CandleStore(PostgresConnection(url)).add([
                try Candle(
                    instrument: Instrument("binance.BTC-USDT"), timeframe: .minute1,
                    openTime: UnixNanos(seconds: 1_700_000_040), open: 1, high: 1, low: 1, close: 1, volume: 1,
                    source: .file)
            ])
            let ingestor = try ServiceProcess(
                "ingestor",
                [
                    "--database-url", url, "--bus-folder", folder.path, "--source-folder", folder.path,
                    "--market-instruments", "binance.BTC-USDT", "--market-timeframe", "1m", "--market-higher", "5m",
                ], in: folder.path)
            #expect(ingestor.wait() == 64)
            #expect(ingestor.log.contains("another candle of binance.BTC-USDT 1m"), "\(ingestor.log)")
        }
    }

    /// Feeds what a folder has, behind a venue, until it ends.
    private static func feed(_ url: String, _ folder: String, venue: String, batches: UInt64) async throws -> FeedStatus
    {
        let ingestor = try ServiceProcess(
            "ingestor",
            [
                "--database-url", url, "--bus-folder", folder, "--source-kind", "exchange,file", "--source-folder",
                folder,
                "--source-reach", "1", "--source-url", venue, "--market-instruments", "binance.BTC-USDT",
                "--market-timeframe", "1m", "--market-higher", "5m",
            ], in: folder)
        let connection = try PostgresConnection(url)
        let status = try await eventually("\(batches) batches") {
            try FeedStatusStore(connection).status().flatMap { $0.isFinished && $0.batches == batches ? $0 : nil }
        }
        #expect(ingestor.stop() == 0, "\(ingestor.log)")
        return status
    }

    private func check(_ found: (feed: Feed, end: UnixNanos), _ market: LiveMarket, _ begin: Int64) throws {
        let (feed, end) = (found.feed, found.end.milliseconds)
        let late = feed.anomalies.count { $0.kind == .late }
        #expect(feed.quotes.keys.sorted() == ["binance.BTC-USDT", "binance.ETH-USDT"])
        #expect(feed.anomalies.allSatisfy { [.late, .gap].contains($0.kind) }, "\(feed.anomalies)")
        var missing = 0
        for (symbol, name) in zip(LiveMarket.symbols, ["binance.BTC-USDT", "binance.ETH-USDT"]) {
            let candles = try #require(feed.candles[name])
            let expected = stride(from: begin - 10 * LiveMarket.minute, to: end, by: Int(LiveMarket.minute))
            #expect(candles.map(\.openTime.milliseconds) == Array(expected), "\(name)")
            for candle in candles {
                let truth = market.candle(symbol, openTime: candle.openTime.milliseconds, by: .max / 2)
                #expect(truth.map { $0 == (candle.open, candle.high, candle.low, candle.close, candle.volume) } == true)
            }
            let trades = try #require(feed.trades[name])
            #expect(zip(trades, trades.dropFirst()).allSatisfy { $0 < $1 }, "\(name): in order, none twice")
            missing += market.newest(at: end - 1) - trades[0] + 1 - trades.count
        }
        // A busy machine may bring a trade after its candle: then it is counted as late.
        #expect(missing == late, "\(feed.anomalies)")
        // The first candle of each is older than the first trade.
        #expect(feed.disorder.count <= 2 + late, "\(feed.disorder)")
    }
}
