import Schema
import Testing
import Venues

@Suite("Binance subscriptions")
struct BinanceSubscriptionTests {
    let bitcoin = Instrument("binanceusdm.BTC-USDT")

    @Test("Spot streams of many instruments are asked for in frames of a hundred, on connections of 1024")
    func connections() throws {
        let instruments = (0..<600).map { Instrument("binance.C\($0)-USDT") }
        let feed = try BinanceFeed(instruments: instruments)
        let connections = try feed.connections([.trades, .depth], instruments + instruments)
        #expect(connections.map(\.subscriptions.count) == [11, 2] && connections.map(\.replies) == [11, 2])
        #expect(connections.allSatisfy { $0.url == "wss://stream.binance.com:9443/stream" })
        let small = try feed.connections([.candles(.hour4), .quotes], [instruments[7]])
        #expect(
            small == [
                VenueConnection(
                    url: "wss://stream.binance.com:9443/stream",
                    subscriptions: [
                        #"{"method":"SUBSCRIBE","params":["c7usdt@bookTicker","c7usdt@kline_4h"],"id":1}"#
                    ], replies: 1)
            ])
    }

    @Test("Futures streams are asked for where the venue routes them")
    func routes() throws {
        let feed = try BinanceFeed(product: .usdMargined, instruments: [bitcoin])
        let connections = try feed.connections([.trades, .quotes, .depth, .fundingRates, .liquidations], [bitcoin])
        #expect(
            connections == [
                VenueConnection(
                    url: "wss://fstream.binance.com/market/stream",
                    subscriptions: [
                        #"{"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@forceOrder","btcusdt@markPrice@1s"],"id":1}"#
                    ], replies: 1),
                VenueConnection(
                    url: "wss://fstream.binance.com/public/stream",
                    subscriptions: [
                        #"{"method":"SUBSCRIBE","params":["btcusdt@bookTicker","btcusdt@depth@100ms"],"id":1}"#
                    ], replies: 1),
            ])
        #expect(
            try feed.renewal(of: .depth, bitcoin) == [
                #"{"method":"UNSUBSCRIBE","params":["btcusdt@depth@100ms"],"id":1000}"#,
                #"{"method":"SUBSCRIBE","params":["btcusdt@depth@100ms"],"id":1001}"#,
            ])
    }

    @Test("A channel that the venue lacks, and an instrument that the feed was not made for, are errors")
    func unsupported() throws {
        let feed = try BinanceFeed(instruments: [Instrument("binance.BTC-USDT")])
        #expect(throws: VenueError.self) { try feed.connections([.liquidations], [Instrument("binance.BTC-USDT")]) }
        #expect(throws: VenueError.self) { try feed.connections([.trades], [Instrument("binance.ETH-USDT")]) }
        #expect(throws: VenueError.self) { try BinanceFeed(instruments: [bitcoin]) }
    }
}
