import Foundation
import Market
import Schema
import TestKit
import Testing

@Suite("Recorded feeds")
struct RecordedFeedTests {
    static let bitcoin = Instrument("binance.BTC-USDT")
    static let ether = Instrument("binance.ETH-USDT")

    /// A folder with five hours of the second day of both, funding of one, an index of all, news and trades.
    private func withFolder(_ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            func write(_ name: String, _ text: String) throws {
                try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
            }
            let candles = (24..<29).map { "\($0 * 3_600_000),1,1,1,1,1\n" }.joined()
            for name in ["BTC-USDT_1h.csv", "ETH-USDT_1h.csv"] { try write(name, RecordedFolderTests.header + candles) }
            try write("funding.csv", "funding_time_ms,funding_rate\n86400000,0.1\n93600000,0.2\n97200000,0.3\n")
            try write("index.csv", "date,fng\n1970-01-01,40\n1970-01-02,60\n")
            try write(
                "news.csv", "published,source,title\n1970-01-02T01:58:59Z,a,\"One, two\"\n1970-01-02T01:59:01Z,a,b\n")
            try write(
                "trades.csv", "time_ms,trade_id,taker_side,price,amount\n89999999,1,buy,1,1\n90000000,2,sell,1,1\n")
            try write(
                "series.csv",
                """
                kind,instrument,path
                funding-rate,binance.ETH-USDT,funding.csv
                fear-and-greed,*,index.csv
                news,,news.csv
                trades,binance.BTC-USDT,\(folder.path)/trades.csv
                funding-rate,binance.SOL-USDT,missing.csv
                """)
            try body(folder)
        }
    }

    private func steps(_ folder: URL, from: UnixNanos? = nil) throws -> [FeedStep] {
        var feed = try RecordedFolder(folder.path).feed(of: [Self.ether, Self.bitcoin], timeframe: .hour1, from: from)
        var steps: [FeedStep] = []
        while let step = try feed.next() { steps.append(step) }
        return steps
    }

    @Test(
        "What series.csv names comes with the first moment that may see it; instruments not asked for are passed over")
    func events() throws {
        try withFolder { folder in
            let found = try steps(folder).map { step in
                step.events.map { event in
                    switch event {
                    case .side(let value): "\(value.series.rawValue) \(value.instrument.base) \(value.value)"
                    case .headline(let headline): headline.text
                    case .trade(let trade): "trade \(trade.id)"
                    default: "\(event)"
                    }
                }
            }
            #expect(
                found == [
                    ["funding-rate ETH 0.1", "fear-and-greed BTC 40.0", "fear-and-greed ETH 40.0", "trade 1"],
                    ["funding-rate ETH 0.2", "One, two", "trade 2"],
                    ["funding-rate ETH 0.3", "b"], [], [],
                ])
        }
    }

    @Test("Resumed behind any step, a folder gives the same rest")
    func resume() throws {
        try withFolder { folder in
            let all = try steps(folder)
            for (index, step) in all.enumerated() {
                #expect(try steps(folder, from: step.closeTime) == Array(all[(index + 1)...]))
            }
        }
    }

    @Test(
        "A table that cannot be meant is refused with its line",
        arguments: [
            ("funding,binance.BTC-USDT,x.csv", "kind \"funding\""), ("trades,,x.csv", "instrument \"\" of trades"),
            ("news,binance.BTC-USDT,x.csv", "instrument \"binance.BTC-USDT\" of news"),
            ("trades,binance.BTC-USDT,x.csv", "x.csv"),
            ("quotes,binance.BTC-USDT,quotes.zip", "its name is not that of LEAN's quotes"),
        ])
    func refusals(line: String, reason: String) throws {
        try withFolder { folder in
            try "kind,instrument,path\n\(line)\n".write(
                to: folder.appendingPathComponent("series.csv"), atomically: true, encoding: .utf8)
            let error = #expect(throws: MarketError.self) { try steps(folder) }
            #expect(error.map { "\($0)" }?.contains(reason) == true)
        }
    }
}
