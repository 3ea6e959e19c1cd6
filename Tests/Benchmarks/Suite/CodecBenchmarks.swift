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
        let payload = try message.payload()
        let kind = message.kind
        var bytes = 0
        func nanoseconds(_ body: () throws -> Int) throws -> Double {
            let times = 200_000
            return try Stopwatch.seconds { for _ in 0..<times { bytes &+= try body() } } * 1e9 / Double(times)
        }
        var (encoding, decoding): ([(ours: Double, peer: Double)], [(ours: Double, peer: Double)]) = ([], [])
        for _ in 0..<5 {
            encoding.append(
                (
                    try nanoseconds { try message.payload().count },
                    try nanoseconds { try message.generatedPayload().count }
                ))
            decoding.append(
                (
                    try nanoseconds {
                        Int(try Message(kind: kind.rawValue, version: 1, payload: payload).kind.rawValue)
                    },
                    try nanoseconds { Int(try Message.read(kind, payload).kind.rawValue) }
                ))
        }
        guard bytes > 0 else { throw BenchmarkFailure("nothing was encoded") }
        return [
            Measurement("\(name).encode", rounds: encoding, of: "SwiftProtobuf", unit: "ns"),
            Measurement("\(name).decode", rounds: decoding, of: "SwiftProtobuf", unit: "ns"),
        ]
    }
}
