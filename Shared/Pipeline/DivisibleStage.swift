public import Schema

/// A stage whose state belongs to instruments, so that it can be divided into shards and put together again.
///
/// What it emits at a watermark it emits in the order of what caused it, ``Schema/Event/trace``.
public protocol DivisibleStage: Stage {
    /// The state of the whole, of those of all its shards at one watermark.
    static func whole(of shards: [State]) -> State
    /// What of a state belongs to one shard.
    static func part(_ shard: Shard, of state: State) -> State
}

/// How a node goes on from snapshots that its service took when it was divided otherwise.
public struct StageDivision<S: Stage>: Sendable {
    private let whole: @Sendable ([S.State]) -> S.State
    private let part: @Sendable (Shard, S.State) -> S.State

    public init(_ type: S.Type = S.self) where S: DivisibleStage {
        whole = { S.whole(of: $0) }
        part = { S.part($0, of: $1) }
    }

    /// A shard's snapshot out of those of another division.
    ///
    /// `parts`: Of all shards of that division, at one watermark, in order.
    public func snapshot(of shard: Shard, from parts: [Snapshot<S.State>]) -> Snapshot<S.State>? {
        guard let first = parts.first else { return nil }
        let entries = ShardMerge.entries(parts.map(\.last)).filter { shard.count == 1 || shard.owns($0.event) }
        return Snapshot(
            last: LogBatch(renumbering: entries, of: first.last),
            sequencer: Sequencer(joining: parts.map(\.sequencer), for: shard),
            state: part(shard, whole(parts.map(\.state))))
    }
}

extension LogBatch {
    /// Other messages in the place of a batch's, with the sequence numbers that they have.
    fileprivate init(renumbering entries: [LogEntry], of batch: LogBatch) {
        var tails: [Watermark.Tail] = []
        for entry in entries { tails.count(entry.event.message.topic, entry.sequence) }
        let mark = batch.watermark
        self.init(
            entries: entries.enumerated().map { ordinal, entry in
                LogEntry(event: entry.event, sequence: entry.sequence, ordinal: UInt32(ordinal))
            },
            watermark: Watermark(position: mark.position, previous: mark.previous, time: mark.time, tails: tails),
            number: batch.number)
    }
}
