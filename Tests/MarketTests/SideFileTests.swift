import Foundation
import Market
import Schema
import TestKit
import Testing

/// Counts and times are those of the data set's description.
@Suite("Side series of the recorded data set", .enabled(if: SharedData.folder != nil || SharedData.required))
struct SideFileTests {
    static let bitcoin = Instrument("binance.BTC-USDT")

    func source(_ path: String) throws -> GzipFile {
        try GzipFile(path: try #require(SharedData.folder).appendingPathComponent("data/\(path)").path)
    }

    @Test(
        "Each series has its rows, and none is known before it has happened",
        arguments: [
            ("funding/binance_usdm_BTCUSDT_funding_8h_2020_2023.csv.gz", SideSeriesLayout.fundingRate, 4383, 0),
            ("funding/binance_usdm_BTCUSDT_funding_8h_2023_2025.csv.gz", .fundingRate, 2151, 0),
            ("funding/binance_usdm_BTCUSDT_funding_8h_2026.csv.gz", .fundingRate, 200, 0),
            ("funding/binance_usdm_ETHUSDT_funding_8h_2020_2023.csv.gz", .fundingRate, 4383, 0),
            ("funding/binance_usdm_ETHUSDT_funding_8h_2023_2025.csv.gz", .fundingRate, 2155, 0),
            ("funding/binance_usdm_SOLUSDT_funding_8h_2025.csv.gz", .fundingRate, 266, 0),
            ("funding/bybit_linear_BTCUSDT_funding_8h_2021_2023.csv.gz", .fundingRate, 3285, 0),
            ("funding/bybit_linear_ETHUSDT_funding_8h_2021_2023.csv.gz", .fundingRate, 3285, 0),
            ("funding/binance_usdm_funding_daily_BTC_ETH_SOL.csv.gz", .dailyFundingRate(symbol: "BTCUSDT"), 2521, 0),
            ("funding/binance_usdm_funding_daily_BTC_ETH_SOL.csv.gz", .dailyFundingRate(symbol: "ETHUSDT"), 2443, 0),
            ("funding/binance_usdm_funding_daily_BTC_ETH_SOL.csv.gz", .dailyFundingRate(symbol: "SOLUSDT"), 2152, 0),
            ("open_interest/binance_usdm_BTCUSDT_oi_1h_7d.csv.gz", .openInterest, 168, 300),
            ("onchain/btc_active_addresses.csv.gz", .activeAddresses, 1588, 86_400),
            ("onchain/btc_nvt_50d_2026.csv", .networkValueToTransactions, 50, 86_400),
            ("sentiment/fear_greed_daily.csv.gz", .fearAndGreed, 2931, 0),
        ])
    func rows(path: String, layout: SideSeriesLayout, rows: Int, delay: Int64) throws {
        let values = try layout.values(in: try source(path), of: Self.bitcoin)
        #expect(values.count == rows)
        #expect(values.allSatisfy { $0.series == layout.series && $0.instrument == Self.bitcoin })
        #expect(values.allSatisfy { $0.knownAt.rawValue - $0.time.rawValue == delay * 1_000_000_000 })
        #expect(zip(values, values.dropFirst()).allSatisfy { $0.time < $1.time })
    }

    @Test("A value of a day is timed by the day's end")
    func days() throws {
        let fear = try SideSeriesLayout.fearAndGreed.values(
            in: try source("sentiment/fear_greed_daily.csv.gz"), of: Self.bitcoin)
        #expect(fear.first?.value == 30 && fear.first?.time == UnixNanos(iso8601: "2018-02-02"))
        let addresses = try SideSeriesLayout.activeAddresses.values(
            in: try source("onchain/btc_active_addresses.csv.gz"), of: Self.bitcoin)
        #expect(addresses.first?.value == 117 && addresses.first?.knownAt == UnixNanos(seconds: 1_236_470_400))
    }

    @Test("A line that cannot be read is an error with its number")
    func damaged() {
        let table = "date,fng\n2018-02-01,30\n2018-02-02,high\n"
        #expect(throws: MarketError.line(path: "test", line: 3, reason: "time \"2018-02-02\", value \"high\"")) {
            try SideSeriesLayout.fearAndGreed.values(in: MemoryBytes(Array(table.utf8), name: "test"), of: Self.bitcoin)
        }
    }

    @Test("Headlines have their text, their source, and are known a minute after they were published")
    func headlines() throws {
        let news = try HeadlineLayout.news.headlines(in: try source("sentiment/cryptonews_2021_2022.csv.gz"))
        #expect(news.count == 7524)
        #expect(
            Dictionary(grouping: news, by: \.source).mapValues(\.count)
                == ["CoinTelegraph": 3586, "CryptoNews": 2006, "CryptoPotato": 1932])
        #expect(news[0].text == "Celo to Be Fastest EVM Chain by End of 2022, Co-Founder Says")
        #expect(news[0].time == UnixNanos(iso8601: "2021-10-12T20:00:00Z"))
        #expect(news.allSatisfy { $0.knownAt.rawValue - $0.time.rawValue == 60_000_000_000 })
        let short = try HeadlineLayout.headlines.headlines(in: try source("sentiment/crypto_headlines_2024.csv.gz"))
        #expect(short.count == 355 && short[0].time == UnixNanos(iso8601: "2024-03-18T08:10:19Z"))
        let tweets = try HeadlineLayout.tweets.headlines(in: try source("sentiment/ethereum_tweets_2014_2022.csv.gz"))
        #expect(tweets.count == 1880 && tweets[0].source == "twitter")
    }

    @Test("Trades make exactly the candles that were made from them")
    func trades() throws {
        let instrument = Instrument("binance.XRP-ETH")
        var file = try TradeFile(try source("ticks/binance_spot_gpl/XRPETH_trades.csv.gz"), of: instrument)
        var trades: [Trade] = []
        while let trade = try file.next() { trades.append(trade) }
        #expect(trades.count == 12_477 && Set(trades.map(\.id)).count == 12_477)
        #expect(trades[0].price == 0.00141342 && trades[0].quantity == 23 && trades[0].aggressor == .seller)
        let minutes = Dictionary(grouping: trades) { Timeframe.minute1.openTime(containing: $0.eventTime) }
        let published = try candles(
            file: try #require(SharedData.folder).appendingPathComponent(
                "data/ohlcv/binance_spot_gpl/XRPETH_1m.csv.gz"),
            instrument, .minute1)
        #expect(published.count == 2469 && minutes.count == 2469)
        for candle in published {
            let prices = try #require(minutes[candle.openTime]).map(\.price)
            #expect(prices.first == candle.open && prices.last == candle.close)
            #expect(prices.max() == candle.high && prices.min() == candle.low)
        }
    }

    @Test("LEAN's quotes are read, of each minute the last")
    func quotes() throws {
        let folder = try #require(SharedData.folder).appendingPathComponent("data/ohlcv/lean").path
        let day = try #require(UnixNanos(iso8601: "2022-12-13"))
        let quotes = try LeanQuoteFile.quotes(
            path: "\(folder)/bybit_minute_btcusdt_20221213_quote.zip", of: Instrument("bybit.BTC-USDT"), day: day)
        #expect(quotes.count == 721)
        #expect(quotes[0].eventTime == day.advanced(by: 60_000_000_000))
        #expect(quotes.allSatisfy { $0.bid.price < $0.ask.price })
    }

    @Test(
        "Recordings of hftbacktest have their lines, and their clock never goes back",
        arguments: [
            ("usdm_btcusdt_20240808", 93_954), ("usdm_ethusdt_20240808", 74_655), ("spot_btcusdt_20240808", 41_249),
            ("spot_btcusdt_20240809", 58_325),
        ])
    func timedLines(name: String, count: Int) throws {
        var lines = TimedLines(try source("ticks/hftbacktest_binance/\(name).gz"))
        var (read, last) = (0, UnixNanos(0))
        while let line = try lines.next() {
            #expect(
                line.receiveTime >= last && line.message.first == UInt8(ascii: "{")
                    && line.message.last == UInt8(ascii: "}"))
            (read, last) = (read + 1, line.receiveTime)
        }
        #expect(read == count)
        #expect(last > UnixNanos(iso8601: "2024-08-08T23:59:50Z") ?? last)
    }

    @Test("A line without a time is an error")
    func untimed() throws {
        var lines = TimedLines(MemoryBytes(Array("1723161256000000000 {}\n{\"a\":1}\n".utf8), name: "test"))
        #expect(try lines.next()?.message == Array("{}".utf8))
        #expect(throws: MarketError.line(path: "test", line: 2, reason: "no time before \"{\"a\":1}\"")) {
            try lines.next()
        }
    }
}
