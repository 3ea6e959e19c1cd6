public import Schema

/// Follows the sequence numbers of many publishers and topics and says what each new one means.
///
/// This is the whole gap logic of the typed subscriber as a plain value: no socket, no clock, no log.
public struct SequenceTracker: Sendable, Equatable {
    /// What a sequence number says about the ones before it.
    public enum Verdict: Sendable, Equatable {
        /// The first number seen on the topic; earlier ones may exist.
        case joined
        /// Another run of the publisher took over; what was lost in between is unknown.
        case restarted
        case inOrder
        /// The numbers in `missing` never arrived.
        case gap(missing: ClosedRange<UInt64>)
        /// Already seen; the caller drops the message.
        case stale
    }

    private struct Run: Equatable {
        let publisher: UInt64
        var last: UInt64
    }

    /// The newest run last.
    private var runs: [Topic: [Run]] = [:]
    /// Old runs are remembered, since their last messages may come after the first of the new one; so many of them.
    private static let remembered = 4

    public init() {}

    /// Records one sequence number and returns its meaning.
    public mutating func observe(_ topic: Topic, publisher: UInt64, sequence: UInt64) -> Verdict {
        guard let known = runs[topic], let index = known.firstIndex(where: { $0.publisher == publisher }) else {
            let isFirst = runs[topic] == nil
            begin(topic, publisher: publisher, at: sequence)
            return isFirst ? .joined : .restarted
        }
        let last = known[index].last
        guard sequence > last else { return .stale }
        runs[topic]?[index].last = sequence
        return sequence == last + 1 ? .inOrder : .gap(missing: last + 1...sequence - 1)
    }

    /// Records that a publisher says what the last number of a topic is, in a watermark's tail or a heartbeat.
    ///
    /// From the number `first` on everything was sent while we listened; `nil` when that is unknown, and then a topic
    /// never seen gives nothing. The result is the numbers that should have arrived and did not.
    public mutating func expect(
        _ topic: Topic, publisher: UInt64, last: UInt64, since first: UInt64? = nil
    ) -> ClosedRange<UInt64>? {
        guard let known = runs[topic], let index = known.firstIndex(where: { $0.publisher == publisher }) else {
            begin(topic, publisher: publisher, at: last)
            guard let first, first <= last else { return nil }
            return first...last
        }
        let seen = known[index].last
        guard last > seen else { return nil }
        runs[topic]?[index].last = last
        return seen + 1...last
    }

    /// Whether this run of the publisher has been heard on the topic.
    public func knows(_ topic: Topic, publisher: UInt64) -> Bool {
        runs[topic]?.contains { $0.publisher == publisher } ?? false
    }

    private mutating func begin(_ topic: Topic, publisher: UInt64, at sequence: UInt64) {
        var known = runs[topic] ?? []
        if known.count == Self.remembered { known.removeFirst() }
        known.append(Run(publisher: publisher, last: sequence))
        runs[topic] = known
    }
}
