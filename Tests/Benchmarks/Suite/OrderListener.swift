import Bus
import Foundation
import Pipeline
import RawPeers
import Schema

/// Listens where the executor does, and to the ingestor, and pairs every order with the candle that began its chain.
struct OrderListener {
    let busFolder: String

    /// Listens until the last order's batch has come.
    ///
    /// - Returns: One time for each candle that led to an order, from its being sent to the order's arrival.
    func microseconds(until end: UnixNanos) throws -> [Double] {
        let context = try ZMQContext()
        let sources = [Topology.ingestor, Topology.riskGate]
        let subscribers = try sources.map { name in
            try LogSubscriber(
                context: context, endpoints: EndpointList(parsing: "ipc://\(busFolder)/\(name)"), recovery: .none)
        }
        let poller = Poller(subscribers: subscribers)
        var sent: [FeedPosition: UnixNanos] = [:]
        var latencies: [Double] = []
        var inbox = Inbox()
        while true {
            let readiness = try poller.wait(timeout: .seconds(20))
            let now = Self.now
            guard !readiness.isTimeout else { throw BenchmarkFailure("nothing came for 20 s") }
            for index in subscribers.indices where readiness.hasItems(subscriber: index) {
                inbox.removeAll()
                try subscribers[index].drain(into: &inbox)
                for item in inbox.items {
                    switch item {
                    case .entry(let entry, let envelope):
                        switch entry.event.message {
                        case .candle: sent[entry.event.position] = envelope.sentTime
                        case .order:
                            guard let begun = sent[entry.event.trace] else { continue }
                            latencies.append(Double(now.rawValue - begun.rawValue) / 1e3)
                        default: break
                        }
                    case .watermark(let watermark, _, _) where index == 1 && watermark.time >= end: return latencies
                    case .watermark, .heartbeat: break
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
