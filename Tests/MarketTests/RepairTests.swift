import Foundation
import Market
import Pipeline
import Schema
import Testing

@Suite("Repair")
struct RepairTests {
    static let bitcoin = Instrument("binance.BTC-USDT")

    func builder(_ rules: Set<RepairRules.Rule>, limit: Int = 24, higher: [Timeframe] = []) -> FeedBuilder {
        FeedBuilder(
            .init(
                instruments: [Self.bitcoin], base: .hour1, higher: higher,
                quality: QualitySettings(outlierScore: 50, repair: RepairRules(rules, fillLimit: limit))))
    }

    func candles(_ batch: Batch) -> [Candle] {
        batch.events.compactMap { if case .candle(let candle) = $0.message { candle } else { nil } }
    }

    func anomalies(_ batch: Batch) -> [Anomaly] {
        batch.events.compactMap { if case .anomaly(let anomaly) = $0.message { anomaly } else { nil } }
    }

    @Test("A gap is filled with flat candles at the last close, each marked, when its watermark comes")
    func fill() {
        var feed = builder([.fillGaps], higher: [.hour4])
        feed.accept([row(0), row(3)])
        let batch = feed.closeBatch(at: hour(4))
        let hours = candles(batch).filter { $0.timeframe == .hour1 }
        #expect(hours.map(\.openTime) == (0..<4).map(hour))
        #expect(hours.map(\.source) == [.exchange, .repaired, .repaired, .exchange])
        #expect(hours[1].open == 101 && hours[2].high == 101 && hours[2].volume == 0)
        #expect(candles(batch).last?.timeframe == .hour4)
        let repaired = anomalies(batch).filter { $0.kind == .repaired }
        #expect(repaired.map(\.time) == [hour(1)] && repaired.map(\.count) == [2])
        #expect(anomalies(batch).contains { $0.kind == .gap && $0.count == 2 })
    }

    @Test("A silent hour is filled at its own watermark, and the true candle that comes after it is late")
    func late() {
        var feed = builder([.fillGaps])
        feed.accept([row(0)])
        _ = feed.closeBatch(at: hour(1))
        let silent = feed.closeBatch(at: hour(2))
        #expect(candles(silent).map(\.source) == [.repaired])
        feed.accept([row(1, close: 99.5), row(2)])
        let batch = feed.closeBatch(at: hour(3))
        #expect(candles(batch).map(\.openTime) == [hour(2)])
        #expect(anomalies(batch).map(\.kind) == [.late, .gap])
    }

    @Test("However the watermarks lie, the same candles are filled in")
    func sameCandles() {
        func filled(_ ends: [Int]) -> [Candle] {
            var feed = builder([.fillGaps], limit: 3)
            return ends.flatMap { end in
                feed.accept(
                    [0, 1, 3, 9, 10].filter { $0 < end && $0 >= (ends.last { $0 < end } ?? 0) }.map { row($0) })
                return candles(feed.closeBatch(at: hour(end)))
            }
        }
        let whole = filled([12])
        #expect(filled(Array(1...12)) == whole)
        #expect(filled([2, 3, 7, 12]) == whole)
        #expect(whole.map(\.openTime) == [0, 1, 2, 3, 4, 5, 6, 9, 10, 11].map(hour))
    }

    @Test("Filling ends at its limit, and a feed that has not begun is not filled")
    func limit() {
        var feed = builder([.fillGaps], limit: 2)
        #expect(feed.closeBatch(at: hour(5)).events.isEmpty)
        feed.accept([row(5)])
        let batch = feed.closeBatch(at: hour(20))
        #expect(candles(batch).map(\.openTime) == [5, 6, 7].map(hour))
        #expect(feed.closeBatch(at: hour(21)).events.isEmpty)
    }

    @Test("An outlier is marked and kept, and dropped only by its rule", arguments: [false, true])
    func outlier(drops: Bool) {
        var feed = builder(drops ? [.dropOutliers] : [])
        for start in 0..<60 { feed.accept([row(start, close: 100 + Double(start % 3) / 10)]) }
        feed.accept([row(60, open: 400, high: 410, low: 390, close: 400), row(61)])
        let batch = feed.closeBatch(at: hour(62))
        #expect(anomalies(batch).map(\.kind) == (drops ? [.outlier, .gap] : [.outlier]))
        #expect(anomalies(batch).first?.time == hour(60))
        #expect(candles(batch).count == (drops ? 61 : 62))
    }

    @Test("A high below the close is widened only by its rule, and marked", arguments: [false, true])
    func widened(repairs: Bool) {
        var feed = builder(repairs ? [.widenRange] : [])
        feed.accept([row(0, high: 100.5)])
        let batch = feed.closeBatch(at: hour(1))
        #expect(anomalies(batch).map(\.kind) == (repairs ? [.ohlcViolation, .repaired] : [.ohlcViolation]))
        #expect(candles(batch).map(\.high) == (repairs ? [101] : []))
        #expect(candles(batch).map(\.source) == (repairs ? [.repaired] : []))
    }

    @Test("A repairing builder restored from its encoded state goes on bit for bit", arguments: [3, 20, 41])
    func resume(at cut: Int) throws {
        func step(_ feed: inout FeedBuilder, _ start: Int) -> Batch {
            if start % 5 < 3 { feed.accept([row(start, close: start % 13 == 0 ? 99.5 : 101)]) }
            return feed.closeBatch(at: hour(start + 1))
        }
        var whole = builder([.fillGaps, .dropOutliers], limit: 1, higher: [.hour4])
        for start in 0..<cut { _ = step(&whole, start) }
        let data = try PropertyListEncoder().encode(whole.state)
        var second = try #require(
            FeedBuilder(whole.settings, state: PropertyListDecoder().decode(FeedBuilder.State.self, from: data)))
        for start in cut..<60 {
            let (expected, batch) = (step(&whole, start), step(&second, start))
            #expect(batch == expected)
        }
        #expect(second.state == whole.state)
    }

    @Test("Rules are read from settings, and a wrong one is refused by name")
    func settings() throws {
        func read(_ texts: [String: String]) throws -> QualitySettings { try QualitySettings { texts[$0] } }
        #expect(try read([:]) == .standard)
        let all = try read([
            "market.repair": "fill-gaps, drop-outliers,widen-range", "market.outlier-score": "30",
            "market.fill-limit": "6",
        ])
        #expect(all.repair == RepairRules(Set(RepairRules.Rule.allCases), fillLimit: 6) && all.outlierScore == 30)
        for (key, text) in [
            ("market.repair", "everything"), ("market.outlier-score", "0"), ("market.fill-limit", "-1"),
        ] {
            let error = #expect(throws: SettingError.self) { try read([key: text]) }
            #expect(error?.description.hasPrefix("\(key): \"\(text)\"") == true)
        }
        let market = try MarketSettings { $0 == "market.repair" ? "fill-gaps" : nil }
        #expect(market.feed.quality.repair.rules == [.fillGaps])
    }
}
