import Bus
import Foundation
import RawPeers
import Schema
import Synchronization

/// A publisher and a subscriber of ours, each on a thread and with a context of its own.
struct TypedPair {
    private let endpoint: String
    static let batch = 256

    init(_ transport: BusBenchmarks.Transport, round: Int) {
        endpoint = BusBenchmarks.endpoint(transport, "typed", round)
    }

    /// A vector whose payload has about 500 bytes.
    static func vector(_ index: Int) -> FeatureVector {
        FeatureVector(
            instrument: Instrument("binance.BTC-USDT"), timeframe: .minute1,
            openTime: UnixNanos(Int64(index) * 60_000_000_000), asOf: UnixNanos(Int64(index + 1) * 60_000_000_000),
            featureSet: FeatureSetID(0xFEED), referencePrice: 30_000.5, volatility: 0.5,
            values: (0..<54).map { Double($0) * 1.25 + Double(index) })
    }

    /// The bytes that one vector has in its third frame.
    static var payloadBytes: Int { (try? Message.features(vector(1)).payload().count) ?? 0 }

    /// The bytes that a watermark has in its third frame.
    static var watermarkBytes: Int {
        (try? Message.watermark(batches(batch, of: batch)[0].watermark).payload().count) ?? 0
    }

    /// Numbered batches, made before the time is taken.
    private static func batches(_ messages: Int, of size: Int) -> [LogBatch] {
        let topic = Topic(.features, Instrument("binance.BTC-USDT"), .minute1)
        // As many distinct vectors as stay in the cache, as they do in a stage that has just made them.
        let vectors = (0..<size).map(vector)
        return stride(from: 0, to: messages, by: size).map { start in
            let end = FeedPosition(UInt64(start + size))
            let entries = (0..<size).map { index in
                LogEntry(
                    event: Event(position: FeedPosition(UInt64(start + index + 1)), .features(vectors[index])),
                    sequence: UInt64(start + index + 1), ordinal: UInt32(index))
            }
            return LogBatch(
                entries: entries,
                watermark: Watermark(
                    position: end, previous: FeedPosition(UInt64(start)), time: UnixNanos(Int64(start)),
                    tails: [Watermark.Tail(topic: topic, count: size, last: UInt64(start + size))]),
                number: UInt64(start / size + 1))
        }
    }

    func messagesPerSecond(_ messages: Int) throws -> Double {
        let run = Run(endpoint: endpoint, batches: Self.batches(messages, of: Self.batch), interval: 0)
        return Double(messages) / (try run.measure().seconds)
    }

    /// - Returns: Microseconds.
    func latencies(_ messages: Int, interval: Int64) throws -> [Double] {
        try Run(endpoint: endpoint, batches: Self.batches(messages, of: 1), interval: interval).measure().latencies
    }
}

/// One run of a ``TypedPair``.
private final class Run: Sendable {
    private struct Times {
        var started: Int64 = 0
        var ended: Int64 = 0
        var latencies: [Double] = []
    }

    private let endpoint: String
    private let batches: [LogBatch]
    private let messages: Int
    private let interval: Int64
    private let times = Mutex(Times())
    private let isReceived = DispatchSemaphore(value: 0)
    private static let options = SocketOptions(highWaterMark: 4_000_000)

    init(endpoint: String, batches: [LogBatch], interval: Int64) {
        (self.endpoint, self.batches, self.interval) = (endpoint, batches, interval)
        messages = batches.reduce(0) { $0 + $1.entries.count }
    }

    /// - Returns: Seconds from the first message sent to the last one received, and each message's microseconds where
    ///   they were sent one by one.
    func measure() throws -> (seconds: Double, latencies: [Double]) {
        try Threads.run([publish, receive])
        return times.withLock { (Double($0.ended - $0.started) / 1e9, $0.latencies) }
    }

    @Sendable private func publish() throws {
        let publisher = try LogPublisher(
            context: ZMQContext(), endpoint: Endpoint(parsing: endpoint), run: 1, options: Self.options)
        guard try publisher.waitForSubscriptions(1, timeout: .seconds(10)) else {
            throw BenchmarkFailure("nobody subscribed")
        }
        var due = raw_zmq_now()
        times.withLock { $0.started = due }
        for batch in batches {
            due += interval
            let now = interval > 0 ? raw_zmq_sleep_until(due) : raw_zmq_now()
            try publisher.publish(batch, sentTime: UnixNanos(now))
        }
        isReceived.wait()
    }

    @Sendable private func receive() throws {
        defer { isReceived.signal() }
        let subscriber = try LogSubscriber(
            context: ZMQContext(), endpoints: EndpointList(parsing: endpoint), recovery: .none, options: Self.options)
        let poller = Poller(subscribers: [subscriber])
        var inbox = Inbox()
        var (received, latencies) = (0, [Double]())
        if interval > 0 { latencies.reserveCapacity(messages) }
        while received < messages {
            guard !(try poller.wait(timeout: .seconds(10))).isTimeout else {
                throw BenchmarkFailure("only \(received) of \(messages) messages came")
            }
            inbox.removeAll()
            try subscriber.drain(into: &inbox)
            for item in inbox.items {
                guard case .entry(_, let envelope) = item else { continue }
                received += 1
                if interval > 0 { latencies.append(Double(raw_zmq_now() - envelope.sentTime.rawValue) / 1e3) }
            }
        }
        let ended = raw_zmq_now()
        times.withLock { ($0.ended, $0.latencies) = (ended, latencies) }
    }
}
