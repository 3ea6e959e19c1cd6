public import Schema

/// What a typed subscription delivers: messages, and the truth about those that were lost.
public enum BusEvent: Sendable, Equatable {
    case message(LogEntry, Envelope)
    case watermark(Watermark, number: UInt64, Envelope)
    case heartbeat(head: FeedPosition, Envelope)
    /// Numbers that never arrived; what was built from this topic is wrong until it is built anew.
    case gap(topic: Topic, missing: ClosedRange<UInt64>)
    /// The publisher started anew; treat it like a gap of unknown size.
    case restarted(topic: Topic)
    /// Something arrived that cannot be read.
    case refused(BusError)
}

/// Turns items into events.
struct EventAssembler {
    private let prefixes: [String]
    private var tracker = SequenceTracker()

    /// - Parameter topics: The prefixes followed; empty means all.
    init(topics: [String]) { prefixes = topics }

    mutating func events(of item: BusItem, into events: inout [BusEvent]) {
        switch item {
        case .entry(let entry, let envelope):
            let topic = entry.event.message.topic
            guard place(topic, envelope, into: &events) else { return }
            events.append(.message(entry, envelope))
        case .watermark(let watermark, let number, let envelope):
            let wasHeard = tracker.knows(Topic(.watermark), publisher: envelope.publisher)
            for tail in watermark.tails where follows(tail.topic) {
                // The batch was sent while we listened only if we heard the watermark before it.
                let first =
                    wasHeard && tail.count >= 0 && tail.last >= tail.count ? tail.last - UInt64(tail.count) + 1 : nil
                let missing = tracker.expect(
                    tail.topic, publisher: envelope.publisher, last: tail.last, since: first)
                if let missing { events.append(.gap(topic: tail.topic, missing: missing)) }
            }
            guard place(Topic(.watermark), envelope, into: &events) else { return }
            events.append(.watermark(watermark, number: number, envelope))
        case .heartbeat(let head, let envelope):
            if envelope.sequence > 0, tracker.knows(Topic(.watermark), publisher: envelope.publisher) {
                let missing = tracker.expect(
                    Topic(.watermark), publisher: envelope.publisher, last: envelope.sequence)
                if let missing { events.append(.gap(topic: Topic(.watermark), missing: missing)) }
            }
            events.append(.heartbeat(head: head, envelope))
        }
    }

    /// - Returns: `false` for a message that was there before.
    private mutating func place(_ topic: Topic, _ envelope: Envelope, into events: inout [BusEvent]) -> Bool {
        switch tracker.observe(topic, publisher: envelope.publisher, sequence: envelope.sequence) {
        case .stale: return false
        case .gap(let missing): events.append(.gap(topic: topic, missing: missing))
        case .restarted: events.append(.restarted(topic: topic))
        case .joined, .inOrder: break
        }
        return true
    }

    private func follows(_ topic: Topic) -> Bool {
        guard !prefixes.isEmpty else { return true }
        let text = topic.description
        return prefixes.contains { text.hasPrefix($0) }
    }
}
