internal import Pipeline
internal import Schema

/// What must have come of a run.
extension Simulator {
    mutating func compare() {
        if let conflict = store.conflict {
            failure = "stored twice with different content: \(conflict)"
            return
        }
        do {
            let expected = try Self.expectedRows(feed)
            guard expected != store.rows else { return }
            let missing = expected.keys.filter { store.rows[$0] == nil }.count
            let foreign = store.rows.keys.filter { expected[$0] == nil }.count
            let different = expected.filter { store.rows[$0.key] != nil && store.rows[$0.key] != $0.value }.count
            failure = "\(missing) rows missing, \(foreign) too many, \(different) different"
        } catch {
            failure = "\(error)"
        }
    }

    /// What the services store when nothing disturbs them: the one-process run.
    static func expectedRows(_ feed: [Batch]) throws -> [SimulatedStore.RowKey: LogEntry] {
        var chain: any StageChain = FeedChain()
        for index in names.indices.dropFirst() { chain = extended(chain, by: index) }
        return try rows(of: chain, over: feed)
    }

    private static func extended(_ chain: some StageChain, by index: Int) -> any StageChain {
        chain.adding(names[index], stage(index))
    }

    private static func rows(
        of chain: some StageChain, over feed: [Batch]
    ) throws -> [SimulatedStore.RowKey: LogEntry] {
        var pipeline = LocalPipeline(chain)
        var sequencers = Array(repeating: Sequencer(), count: names.count)
        var rows: [SimulatedStore.RowKey: LogEntry] = [:]
        for batch in feed {
            try pipeline.run(batch) { name, events in
                let index = names.firstIndex(of: name)!  // every part was added from `names`
                let numbered = sequencers[index].number(events, closing: batch.watermark)
                for entry in numbered.entries {
                    rows[.init(service: index, batch: batch.watermark.position, ordinal: entry.ordinal)] = entry
                }
            }
        }
        return rows
    }
}
