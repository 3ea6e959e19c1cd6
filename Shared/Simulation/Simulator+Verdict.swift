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
        var pipeline = LocalPipeline()
        for index in names.indices.dropFirst() { pipeline.add(names[index], stage(index)) }
        var sequencers = Array(repeating: Sequencer(), count: names.count)
        var rows: [SimulatedStore.RowKey: LogEntry] = [:]
        for batch in feed {
            try pipeline.run(batch) { name, output in
                let index = names.firstIndex(of: name)!  // every part was added from `names`
                let numbered = sequencers[index].number(output.events, closing: output.watermark)
                for entry in numbered.entries {
                    rows[.init(service: index, batch: output.watermark.position, ordinal: entry.ordinal)] = entry
                }
            }
        }
        return rows
    }
}
