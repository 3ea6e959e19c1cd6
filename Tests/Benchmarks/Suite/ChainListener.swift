import Bus
import Foundation
import Pipeline
import RawPeers
import Schema

/// Listens to every stage from candle to order, and pairs what each says with the candle that began its chain.
struct ChainListener {
    let busFolder: String

    /// The stages, in the order in which they hear of a candle.
    static let stages = [Topology.featureBuilder, Topology.inferenceServer, Topology.executor, Topology.riskGate]

    /// Listens until the last order's batch has come.
    ///
    /// - Returns: For each stage the microseconds from a candle's being sent to the arrival of the batch that it caused;
    ///   the risk gate's are those of batches with an order.
    func microseconds(until end: UnixNanos) throws -> [String: [Double]] {
        let context = try ZMQContext()
        let sources = [Topology.ingestor] + Self.stages
        let subscribers = try sources.map { name in
            try LogSubscriber(
                context: context, endpoints: EndpointList(parsing: "ipc://\(busFolder)/\(name)"), recovery: .none)
        }
        let poller = Poller(subscribers: subscribers)
        var sent: [FeedPosition: UnixNanos] = [:]
        var latencies: [String: [Double]] = [:]
        var inbox = Inbox()
        var hasOrder = false
        while true {
            let readiness = try poller.wait(timeout: .seconds(20))
            guard !readiness.isTimeout else { throw BenchmarkFailure("nothing came for 20 s") }
            for (index, source) in sources.enumerated() where readiness.hasItems(subscriber: index) {
                inbox.removeAll()
                try subscribers[index].drain(into: &inbox)
                for item in inbox.items {
                    switch item {
                    case .entry(let entry, _):
                        if entry.event.message.kind == .order { hasOrder = true }
                    case .watermark(let watermark, _, let envelope):
                        if source == Topology.ingestor {
                            sent[watermark.position] = envelope.sentTime
                        } else if let begun = sent[watermark.position], source != Topology.riskGate || hasOrder {
                            latencies[source, default: []].append(Double(Self.now.rawValue - begun.rawValue) / 1e3)
                        }
                        guard source == Topology.riskGate else { continue }
                        if watermark.time >= end { return latencies }
                        hasOrder = false
                    case .heartbeat: break
                    }
                }
            }
        }
    }

    private static var now: UnixNanos {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UnixNanos(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
