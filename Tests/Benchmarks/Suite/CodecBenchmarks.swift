import RawPeers
import Schema

/// Messages to bytes and back, without a socket.
enum CodecBenchmarks {
    static let all: [Benchmark] = [
        Benchmark("codec.features") { try measure("codec.features", .features(TypedPair.vector(1))) },
        Benchmark("codec.candle") {
            let candle = try Candle(
                instrument: Instrument("binance.BTC-USDT"), timeframe: .minute1, openTime: UnixNanos(0), open: 30_000.1,
                high: 30_010, low: 29_990, close: 30_005.5, volume: 12.5)
            return try measure("codec.candle", .candle(candle))
        },
        Benchmark("codec.watermark") {
            let topics = [
                Topic(.candle, Instrument("binance.BTC-USDT"), .minute1),
                Topic(.candle, Instrument("binance.ETH-USDT"), .minute1), Topic(.control),
            ]
            let watermark = Watermark(
                position: FeedPosition(9000), previous: FeedPosition(8997), time: UnixNanos(seconds: 1_700_000_000),
                tails: topics.map { Watermark.Tail(topic: $0, count: 1, last: 3000) })
            return try measure("codec.watermark", .watermark(watermark))
        },
    ]

    private static func measure(_ name: String, _ message: Message) throws -> [Measurement] {
        let times = 1_000_000
        let payload = try message.payload()
        var bytes = 0
        let encoding = try Stopwatch.seconds { for _ in 0..<times { bytes &+= try message.payload().count } }
        let decoding = try Stopwatch.seconds {
            for _ in 0..<times {
                let message = try Message(kind: message.kind.rawValue, version: 1, payload: payload)
                bytes &+= Int(message.kind.rawValue)
            }
        }
        guard bytes > 0 else { throw BenchmarkFailure("nothing was encoded") }
        return [
            Measurement("\(name).encode", ours: encoding * 1e9 / Double(times), unit: "ns"),
            Measurement("\(name).decode", ours: decoding * 1e9 / Double(times), unit: "ns"),
        ]
    }
}
