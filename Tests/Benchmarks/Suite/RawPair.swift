import Foundation
import RawPeers
import Schema
import Synchronization

/// The same messages through libzmq in C, with threads and contexts as in ``TypedPair``.
struct RawPair {
    private let endpoint: String

    init(_ transport: BusBenchmarks.Transport, round: Int) {
        endpoint = BusBenchmarks.endpoint(transport, "raw", round)
    }

    func messagesPerSecond(_ messages: Int) throws -> Double {
        Double(messages) / (try RawChain([endpoint]).run(messages, batch: TypedPair.batch, interval: 0).seconds)
    }

    /// - Returns: Microseconds.
    func latencies(_ messages: Int, interval: Int64) throws -> [Double] {
        try RawChain([endpoint]).run(messages, batch: 1, interval: interval).latencies
    }
}

/// A publisher, relays and a receiver in a row, one socket address between each two.
struct RawChain {
    private let endpoints: [String]

    init(_ endpoints: [String]) { self.endpoints = endpoints }

    /// - Returns: Seconds from the first message sent to the last one received, and each message's microseconds where
    ///   they were sent one by one.
    func run(_ messages: Int, batch: Int, interval: Int64) throws -> (seconds: Double, latencies: [Double]) {
        let times = Mutex<(started: Int64, ended: Int64, latencies: [Int64])>((0, 0, []))
        let first: @Sendable () throws -> Void = { [endpoint = endpoints[0]] in
            var started: Int64 = 0
            try Self.check(Self.with(endpoint, messages, batch, interval) { raw_zmq_publish(&$0, &started) })
            times.withLock { $0.started = started }
        }
        let relays = zip(endpoints, endpoints.dropFirst()).map { from, to -> @Sendable () throws -> Void in
            { try Self.check(Self.with(to, messages, batch, interval) { raw_zmq_relay(&$0, from) }) }
        }
        let last: @Sendable () throws -> Void = { [endpoint = endpoints[endpoints.count - 1]] in
            var (ended, latencies): (Int64, [Int64]) = (0, Array(repeating: 0, count: interval > 0 ? messages : 0))
            let code = latencies.withUnsafeMutableBufferPointer { buffer in
                Self.with(endpoint, messages, batch, interval) {
                    raw_zmq_receive(&$0, &ended, interval > 0 ? buffer.baseAddress : nil)
                }
            }
            try Self.check(code)
            times.withLock { ($0.ended, $0.latencies) = (ended, latencies) }
        }
        try Threads.run([first] + relays + [last])
        return times.withLock { times in
            (Double(times.ended - times.started) / 1e9, times.latencies.map { Double($0) / 1e3 })
        }
    }

    private static func with(
        _ endpoint: String, _ messages: Int, _ batch: Int, _ interval: Int64, _ body: (inout raw_zmq_run) -> Int32
    ) -> Int32 {
        endpoint.withCString { text in
            var run = raw_zmq_run(
                endpoint: text, messages: Int64(messages), payload_bytes: TypedPair.payloadBytes, batch: Int64(batch),
                watermark_bytes: TypedPair.watermarkBytes, interval: interval)
            return body(&run)
        }
    }

    private static func check(_ code: Int32) throws {
        guard code == 0 else { throw BenchmarkFailure("libzmq error \(code)") }
    }
}
