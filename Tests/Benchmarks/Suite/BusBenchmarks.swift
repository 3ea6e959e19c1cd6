import Bus
import Foundation
import RawPeers
import Schema

/// The typed publisher and subscriber against libzmq with nothing around it.
enum BusBenchmarks {
    static let all: [Benchmark] = [
        throughput("bus.throughput.ipc", .ipc), throughput("bus.throughput.tcp", .tcp),
        latency("bus.latency.ipc", .ipc), latency("bus.latency.tcp", .tcp),
    ]

    enum Transport: Sendable { case ipc, tcp }

    /// Feature vectors of about 500 bytes, encoded, numbered, sent, received, decoded and checked; the peer moves as many
    /// bytes in as many frames.
    private static func throughput(_ name: String, _ transport: Transport) -> Benchmark {
        Benchmark(name) {
            let messages = 400_000
            let rounds = try (0..<5).map { round in
                (
                    ours: try TypedPair(transport, round: round).messagesPerSecond(messages),
                    peer: try RawPair(transport, round: round).messagesPerSecond(messages)
                )
            }
            return [Measurement(name, rounds: rounds, of: "libzmq PUB/SUB in C, same frames", unit: "messages/s")]
        }
    }

    /// One message at a time, from handing it to the publisher to having it decoded.
    private static func latency(_ name: String, _ transport: Transport) -> Benchmark {
        Benchmark(name) {
            let (messages, interval) = (4000, Int64(100_000))
            let rounds = try (0..<5).map { round in
                (
                    ours: try TypedPair(transport, round: round).latencies(messages, interval: interval),
                    peer: try RawPair(transport, round: round).latencies(messages, interval: interval)
                )
            }
            return [0.5, 0.99].map { share in
                Measurement(
                    "\(name).p\(Int(share * 100))",
                    rounds: rounds.map {
                        (Measurement.percentile($0.ours, share), Measurement.percentile($0.peer, share))
                    }, of: "libzmq PUB/SUB in C, same frames", unit: "µs")
            }
        }
    }

    static func endpoint(_ transport: Transport, _ who: String, _ round: Int) -> String {
        switch transport {
        case .ipc: "ipc:///tmp/tidegate-bench-\(getpid())-\(who)-\(round)"
        case .tcp: "tcp://127.0.0.1:\(Self.firstPort + 2 * round + (who == "raw" ? 64 : 0))"
        }
    }

    private static let firstPort = 21_000 + Int(getpid()) % 20_000
}
