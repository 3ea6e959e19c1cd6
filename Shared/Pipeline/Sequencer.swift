public import Schema

/// Numbers what a stage emits.
///
/// It is part of the stage's snapshot, so that a stage that computes a batch again gives it the same numbers.
public struct Sequencer: Codable, Sendable, Equatable {
    private var last: [Topic: UInt64] = [:]
    /// Batches numbered so far.
    public private(set) var batches: UInt64 = 0

    public init() {}

    /// Goes on where those of all shards of a service stood at one watermark, for the topics that one shard of another
    /// division owns.
    init(joining shards: [Sequencer], for shard: Shard) {
        for other in shards {
            last.merge(other.last.filter { topic, _ in topic.instrument.map { shard.owns($0) } ?? true }) {
                max($0, $1)
            }
        }
        batches = shards.first?.batches ?? 0
    }

    /// Numbers one batch of events; tails are in the order of each topic's first event.
    public mutating func number(_ events: [Event], closing watermark: Watermark) -> LogBatch {
        var entries: [LogEntry] = []
        entries.reserveCapacity(events.count)
        var tails: [Watermark.Tail] = []
        for (ordinal, event) in events.enumerated() {
            let topic = event.message.topic
            let sequence = last[topic, default: 0] + 1
            last[topic] = sequence
            entries.append(LogEntry(event: event, sequence: sequence, ordinal: UInt32(ordinal)))
            tails.count(topic, sequence)
        }
        batches += 1
        return LogBatch(
            entries: entries,
            watermark: Watermark(
                position: watermark.position, previous: watermark.previous, time: watermark.time, tails: tails),
            number: batches)
    }
}

extension [Watermark.Tail] {
    /// Counts one more message of a topic.
    mutating func count(_ topic: Topic, _ sequence: UInt64) {
        if let index = firstIndex(where: { $0.topic == topic }) {
            self[index] = Watermark.Tail(topic: topic, count: self[index].count + 1, last: sequence)
        } else {
            append(Watermark.Tail(topic: topic, count: 1, last: sequence))
        }
    }
}
