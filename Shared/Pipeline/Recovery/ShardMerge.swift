internal import Schema

/// Puts the batches of a service's shards together to what the undivided service would have sent.
///
/// Each shard's events are in the order of their positions and, at one position, of what caused them; so are the merged
/// ones. No two shards have events of the same cause, except of a control, which reaches them all: of it and of what it
/// caused the first shard's count.
enum ShardMerge {
    static func entries(_ batches: [LogBatch]) -> [LogEntry] {
        guard let first = batches.first else { return [] }
        guard batches.count > 1 else { return first.entries }
        var entries = first.entries
        let controls = Set(entries.lazy.map(\.event).filter { $0.message.kind == .control }.map(\.position))
        for batch in batches.dropFirst() {
            for entry in batch.entries where !controls.contains(entry.event.position) { entries.append(entry) }
        }
        // Equal keys keep their order, which `sort` alone does not promise.
        return entries.enumerated().sorted { left, right in
            (left.element.event.position, left.element.event.trace, left.offset)
                < (right.element.event.position, right.element.event.trace, right.offset)
        }.map(\.element)
    }
}
