internal import Bus
internal import Schema

/// What has arrived from one input, and what should have.
struct InputWatch {
    let source: String
    private var tracker = SequenceTracker()
    private(set) var received: UInt64 = 0
    /// Messages that never came as they were published, by the numbers of those that did.
    private(set) var missing: UInt64 = 0
    private(set) var lastHeard: UnixNanos?

    init(_ source: String) { self.source = source }

    /// Takes note of what has arrived at a moment.
    ///
    /// - Returns: The seconds since a watermark was sent; `nil` for anything else.
    mutating func see(_ item: BusItem, at now: UnixNanos) -> Double? {
        received += 1
        lastHeard = now
        switch item {
        case .entry(let entry, let envelope):
            see(entry.event.message.topic, envelope.publisher, entry.sequence)
        case .watermark(_, let number, let envelope):
            see(Topic(.watermark), envelope.publisher, number)
            // Clocks of two machines differ; nothing arrives before it was sent.
            return max(0, Double(now.rawValue - envelope.sentTime.rawValue) / 1e9)
        case .heartbeat(_, let envelope):
            if let lost = tracker.expect(Topic(.watermark), publisher: envelope.publisher, last: envelope.sequence) {
                missing += UInt64(lost.count)
            }
        }
        return nil
    }

    private mutating func see(_ topic: Topic, _ publisher: UInt64, _ sequence: UInt64) {
        guard case .gap(let lost) = tracker.observe(topic, publisher: publisher, sequence: sequence) else { return }
        missing += UInt64(lost.count)
    }
}
