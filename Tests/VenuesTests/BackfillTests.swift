import HTTP
import Market
import Schema
import TestKit
import TestTraits
import Testing
import Venues

// Answers over real sockets, typed after the venues' documentation or the recordings of the shared data.
@Suite("Backfill by REST", .sockets, .timeLimit(.minutes(20)))
struct BackfillTests {
    let now = UnixNanos(seconds: 2_000_000_000)

    private func collect(_ pages: CandlePages) async throws -> [Candle] {
        var candles: [Candle] = []
        for try await page in pages { candles += page.candles }
        return candles
    }

    private func collect(_ pages: TradePages) async throws -> [NumberedTrade] {
        var trades: [NumberedTrade] = []
        for try await page in pages { trades += page }
        return trades
    }

    private func trade(_ instrument: String, _ number: UInt64, second: Int64) throws -> NumberedTrade {
        NumberedTrade(
            trade: try Trade(
                instrument: Instrument(instrument), id: "\(number)", price: 1, quantity: 1, aggressor: .buyer,
                eventTime: UnixNanos(seconds: second), receiveTime: now),
            sequence: number)
    }

    @Test("Coinbase's candles are asked for in windows of 350, and come newest first")
    func coinbaseCandles() async throws {
        let clients = try VenueClients { request, _ in
            guard let start = request.query["start"].flatMap({ Int64($0) }),
                let end = request.query["end"].flatMap({ Int64($0) })
            else { return .init(400, "") }
            // Both bounds are inclusive; the venue has no candle at minute 400.
            let rows = stride(from: start, through: end, by: 60).filter { $0 != 24_000 }.reversed().map { second in
                #"{"start":"\#(second)","low":"1","high":"4","open":"2","close":"3","volume":"\#(second).5"}"#
            }
            return .init(200, #"{"candles":[\#(rows.joined(separator: ","))]}"#)
        }
        let candles = try await collect(
            try clients.coinbase.candles(
                Instrument("coinbase.BTC-USD"), .minute1, from: UnixNanos(0), to: UnixNanos(seconds: 60_000), asOf: now)
        )
        #expect(candles.map(\.openTime) == (0..<1000).filter { $0 != 400 }.map { UnixNanos(seconds: $0 * 60) })
        #expect(candles.last?.volume == 59_940.5)
        #expect(clients.venue.requests.map { $0.query["start"] } == ["0", "21000", "42000"])
        #expect(clients.venue.requests.map { $0.query["end"] } == ["20999", "41999", "59999"])
        #expect(
            clients.venue.requests.allSatisfy {
                $0.path == "/api/v3/brokerage/market/products/BTC-USD/candles"
                    && $0.query["granularity"] == "ONE_MINUTE"
            })
    }

    @Test("Kraken's candles come in one answer, and the one that is open is left out")
    func krakenCandles() async throws {
        let body = #"""
            {"error":[],"result":{"XXBTZUSD":[[1688671200,"30306.1","30306.2","30305.7","30305.7","30306.1","3.39",23],
            [1688671260,"30304.5","30304.5","30300.0","30300.0","30300.0","4.42996871",18],
            [1688671320,"30300.3","30300.4","30291.4","30291.4","30294.7","2.13024789",25]],"last":1688671260}}
            """#
        let clients = try VenueClients(script: [.init(200, body)])
        let candles = try await collect(
            try clients.kraken.candles(
                Instrument("kraken.BTC-USD"), .minute1, from: UnixNanos(seconds: 1_688_671_260), to: now,
                asOf: UnixNanos(seconds: 1_688_671_379)))
        #expect(
            candles == [
                try Candle(
                    instrument: Instrument("kraken.BTC-USD"), timeframe: .minute1,
                    openTime: UnixNanos(seconds: 1_688_671_260), open: 30304.5, high: 30304.5, low: 30300,
                    close: 30300, volume: 4.42996871)
            ])
        let query = clients.venue.requests[0].query
        #expect(query["pair"] == "XBTUSD" && query["interval"] == "1" && query["since"] == "1688671259")
    }

    @Test("Gemini's candles are numbers, come newest first, and there are none of four hours")
    func geminiCandles() async throws {
        let clients = try VenueClients(script: [
            .init(200, "[[1559755860000,7781.6,7820.23,7776.56,7819.39,34.7624802159],[1559755800000,1,2,0.5,1.5,0]]")
        ])
        let bitcoin = Instrument("gemini.BTC-USD")
        let candles = try await collect(
            try clients.gemini.candles(bitcoin, .minute1, from: UnixNanos(0), to: now, asOf: now))
        #expect(candles.map(\.openTime.seconds) == [1_559_755_800, 1_559_755_860])
        #expect(candles.last?.volume == 34.7624802159 && candles.last?.high == 7820.23)
        #expect(clients.venue.requests.map(\.path) == ["/v2/candles/BTCUSD/1m"])
        #expect(throws: VenueError.self) {
            try clients.gemini.candles(bitcoin, .hour4, from: UnixNanos(0), to: now, asOf: now)
        }
    }

    @Test("A hole of Binance's futures is filled by aggregates, from the number after the last one on")
    func binanceTrades() async throws {
        let clients = try VenueClients { request, _ in
            let first = request.query["fromId"].flatMap { UInt64($0) } ?? 0
            let rows = (first...2300).prefix(1000).map {
                #"{"a":\#($0),"p":"0.01633102","q":"4.70443515","f":1,"l":2,"T":\#(1_498_793_709_153 + $0),"m":true}"#
            }
            return .init(200, "[\(rows.joined(separator: ","))]")
        }
        let last = try trade("binanceusdm.BTC-USDT", 100, second: 1)
        let trades = try await collect(try clients.futures.trades(after: last, asOf: now))
        #expect(trades.compactMap(\.sequence) == Array(101...2300))
        #expect(trades.first?.trade.id == "a101" && trades.first?.trade.aggressor == .seller)
        #expect(trades.allSatisfy { $0.trade.receiveTime == now })
        #expect(clients.venue.requests.map { $0.query["fromId"] } == ["101", "1101", "2101"])
        #expect(
            clients.venue.requests.allSatisfy { $0.path == "/fapi/v1/aggTrades" && $0.query["symbol"] == "BTCUSDT" })
    }

    @Test("A hole of Coinbase's is filled from its end backwards, and given out oldest first")
    func coinbaseTrades() async throws {
        // Four trades a second.
        let clients = try VenueClients { request, _ in
            let start = request.query["start"].flatMap { UInt64($0) } ?? 0
            let end = request.query["end"].flatMap { UInt64($0) } ?? 0
            let rows = (0...3000 as ClosedRange<UInt64>).reversed().filter { (start...end).contains($0 / 4) }.prefix(
                1000
            ).map {
                let second = $0 / 4
                let time = UnixNanos(seconds: Int64(second)).description
                return
                    #"{"trade_id":"\#($0)","product_id":"BTC-USD","price":"2","size":"1","time":"\#(time)","side":"BUY"}"#
            }
            return .init(200, #"{"trades":[\#(rows.joined(separator: ","))],"best_bid":"1","best_ask":"2"}"#)
        }
        let last = try trade("coinbase.BTC-USD", 401, second: 100)
        let trades = try await collect(
            try clients.coinbase.trades(after: last, asOf: UnixNanos(seconds: 750)))
        #expect(trades.compactMap(\.sequence) == Array(402...3000))
        #expect(trades.first?.trade.aggressor == .seller && clients.venue.requests.count == 3)
    }

    @Test("A hole of Kraken's is filled by time, overlaps dropped by number")
    func krakenTrades() async throws {
        let clients = try VenueClients { request, _ in
            let since = request.query["since"].flatMap { Int64($0) } ?? 0
            let rows = (1...2500).filter { Int64($0) * 1_000_000_000 > since }.prefix(1000).map {
                #"["105433.60000","0.00027625",\#($0).0,"b","l","",\#($0)]"#
            }
            return .init(200, #"{"error":[],"result":{"XXBTZUSD":[\#(rows.joined(separator: ","))],"last":"7"}}"#)
        }
        let last = try trade("kraken.BTC-USD", 300, second: 300)
        let trades = try await collect(try clients.kraken.trades(after: last, asOf: now))
        #expect(trades.compactMap(\.sequence) == Array(301...2500))
        #expect(trades.first?.trade.aggressor == .buyer && trades.first?.trade.price == 105433.6)
        #expect(
            clients.venue.requests.count == 3 && clients.venue.requests.allSatisfy { $0.path == "/0/public/Trades" })
    }

    @Test("A hole of Gemini's is filled by identifier, until there is nothing after the last one")
    func geminiTrades() async throws {
        let clients = try VenueClients { request, _ in
            let since = request.query["since_tid"].flatMap { UInt64($0) } ?? 0
            let rows = stride(from: 5 as UInt64, through: 4000, by: 5).filter { $0 > since }.prefix(500).reversed().map
            {
                #"{"timestamp":1,"timestampms":\#($0),"tid":\#($0),"price":"3","amount":"0.5","exchange":"gemini","type":"sell"}"#
            }
            return .init(200, "[\(rows.joined(separator: ","))]")
        }
        let last = try trade("gemini.BTC-USD", 50, second: 1)
        let trades = try await collect(try clients.gemini.trades(after: last, asOf: now))
        #expect(trades.map(\.trade.id) == stride(from: 55, through: 4000, by: 5).map { "\($0)" })
        #expect(trades.allSatisfy { $0.sequence == nil && $0.trade.aggressor == .seller })
        #expect(clients.venue.requests.map { $0.query["since_tid"] } == ["50", "2550", "4000"])
    }
}
