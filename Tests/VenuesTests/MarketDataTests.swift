import HTTP
import Schema
import TestKit
import TestTraits
import Testing
import Trading
import Venues

// Answers over real sockets, typed after the venues' documentation or the recordings of the shared data.
@Suite("Market data by REST", .sockets, .timeLimit(.minutes(20)))
struct MarketDataTests {
    let now = UnixNanos(seconds: 2_000_000_000)

    @Test("A book comes with its sequence where the venue numbers it, and its time where the venue says it")
    func books() async throws {
        let answers = [
            "/fapi/v1/depth":
                #"{"lastUpdateId":1027024,"E":1589436922972,"T":1589436922959,"bids":[["4.0","431"]],"asks":[["4.1","12"]]}"#,
            "/api/v3/brokerage/market/product_book":
                #"{"pricebook":{"product_id":"BTC-USD","bids":[{"price":"4.0","size":"431"}],"asks":[{"price":"4.1","size":"12"}],"time":"2024-10-02T11:22:32.748151Z"}}"#,
            "/0/public/Depth":
                #"{"error":[],"result":{"XXBTZUSD":{"asks":[["4.1","12",1688671659]],"bids":[["4.0","431",1688671659]]}}}"#,
            "/v1/book/BTCUSD":
                #"{"bids":[{"price":"4.0","amount":"431","timestamp":"1"}],"asks":[{"price":"4.1","amount":"12","timestamp":"1"}]}"#,
        ]
        let clients = try VenueClients { request, _ in .init(200, answers[request.path] ?? "") }
        let (bids, asks) = ([try BookLevel(price: 4, quantity: 431)], [try BookLevel(price: 4.1, quantity: 12)])
        func snapshot(_ name: String, _ sequence: UInt64? = nil, _ time: UnixNanos? = nil) -> DepthSnapshot {
            DepthSnapshot(
                instrument: Instrument(name), bids: bids, asks: asks, sequence: sequence, eventTime: time ?? now,
                receiveTime: now)
        }
        #expect(
            try await clients.futures.depthSnapshot(Instrument("binanceusdm.BTC-USDT"), receivedAt: now)
                == snapshot("binanceusdm.BTC-USDT", 1_027_024, UnixNanos(milliseconds: 1_589_436_922_959)))
        #expect(
            try await clients.coinbase.depthSnapshot(Instrument("coinbase.BTC-USD"), receivedAt: now)
                == snapshot("coinbase.BTC-USD", nil, UnixNanos(1_727_868_152_748_151_000)))
        #expect(
            try await clients.kraken.depthSnapshot(Instrument("kraken.BTC-USD"), receivedAt: now)
                == snapshot("kraken.BTC-USD"))
        #expect(
            try await clients.gemini.depthSnapshot(Instrument("gemini.BTC-USD"), receivedAt: now)
                == snapshot("gemini.BTC-USD"))
    }

    @Test("Gemini's grids are JSON numbers, and an unknown symbol is not listed")
    func geminiListings() async throws {
        let clients = try VenueClients { request, _ in
            guard request.path == "/v1/symbols/details/BTCUSD" else {
                return .init(
                    400, #"{"result":"error","reason":"InvalidSymbol","message":"Supplied value is no symbol"}"#)
            }
            return .init(
                200,
                #"""
                {"symbol":"BTCUSD","base_currency":"BTC","quote_currency":"USD","tick_size":1E-8,"quote_increment":0.01,
                "min_order_size":"0.00001","status":"open","wrap_enabled":false,"product_type":"spot"}
                """#)
        }
        let bitcoin = Instrument("gemini.BTC-USD")
        let rules = InstrumentRules(
            tick: try Decimal12(parsing: "0.01"), step: try Decimal12(parsing: "0.00000001"),
            minimumQuantity: try Decimal12(parsing: "0.00001"), minimumNotional: .zero)
        #expect(
            try await clients.gemini.listings(of: [Instrument("gemini.NO-USD"), bitcoin])
                == [InstrumentListing(instrument: bitcoin, symbol: "BTCUSD", status: .trading, rules: rules)])
    }

    @Test("Funding and open interest are side values of the futures venue, and spot has none")
    func sideSeries() async throws {
        let answers = [
            "/fapi/v1/fundingRate":
                #"[{"symbol":"BTCUSDT","fundingTime":1698768000000,"fundingRate":"0.00010000","markPrice":"34287.5"}]"#,
            "/fapi/v1/openInterest": #"{"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011}"#,
            "/futures/data/openInterestHist":
                #"[{"symbol":"BTCUSDT","sumOpenInterest":"20403.63700000","timestamp":"1583127900000"},{"symbol":"BTCUSDT","sumOpenInterest":"20401.5","timestamp":1583128200000}]"#,
        ]
        let clients = try VenueClients { request, _ in .init(200, answers[request.path] ?? "") }
        let bitcoin = Instrument("binanceusdm.BTC-USDT")
        func value(
            _ series: SideValue.Series, _ value: Double, _ milliseconds: Int64, knownAt: UnixNanos? = nil
        ) throws -> SideValue {
            let time = UnixNanos(milliseconds: milliseconds)
            return try SideValue(
                series: series, instrument: bitcoin, value: value, time: time, knownAt: knownAt ?? time)
        }
        let futures = try clients.futures
        #expect(
            try await futures.fundingRates(bitcoin, from: UnixNanos(0), to: now)
                == [try value(.fundingRate, 0.0001, 1_698_768_000_000)])
        #expect(
            try await futures.openInterest(bitcoin, receivedAt: now)
                == value(.openInterest, 10659.509, 1_589_437_530_011, knownAt: now))
        #expect(
            try await futures.openInterest(bitcoin, .minute5, from: UnixNanos(0), to: now)
                == [
                    try value(.openInterest, 20403.637, 1_583_127_900_000),
                    try value(.openInterest, 20401.5, 1_583_128_200_000),
                ])
        await #expect(throws: VenueError.self) {
            try await clients.spot.openInterest(Instrument("binance.BTC-USDT"), receivedAt: now)
        }
    }

    @Test("Every venue tells its time")
    func serverTimes() async throws {
        let answers = [
            "/fapi/v1/time": #"{"serverTime":1499827319559}"#,
            "/api/v3/brokerage/time": #"{"iso":"2024-10-02T11:22:32.748151Z","epochSeconds":"1727868152"}"#,
            "/0/public/Time":
                #"{"error":[],"result":{"unixtime":1762820224,"rfc1123":"Tue, 11 Nov 25 00:17:04 +0000"}}"#,
            "/v1/symbols": #"["btcusd"]"#,
        ]
        let clients = try VenueClients { request, _ in
            .init(200, headers: [("Date", "Fri, 02 Jan 1970 00:00:18 GMT")], answers[request.path] ?? "")
        }
        #expect(try await clients.futures.serverTime() == UnixNanos(milliseconds: 1_499_827_319_559))
        #expect(try await clients.coinbase.serverTime() == UnixNanos(1_727_868_152_748_151_000))
        #expect(try await clients.kraken.serverTime() == UnixNanos(seconds: 1_762_820_224))
        #expect(try await clients.gemini.serverTime() == UnixNanos(seconds: 86_418))
    }
}
