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
            let expected = try Self.expectedRows(feed, fault)
            guard expected != store.rows else { return }
            let missing = expected.keys.filter { store.rows[$0] == nil }.count
            let foreign = store.rows.keys.filter { expected[$0] == nil }.count
            let different = expected.filter { store.rows[$0.key] != nil && store.rows[$0.key] != $0.value }.count
            failure = "\(missing) rows missing, \(foreign) too many, \(different) different"
        } catch {
            failure = "\(error)"
        }
    }

    /// What the services store when nothing disturbs and nothing divides them: the one-process run.
    static func expectedRows(_ feed: [Batch], _ fault: PlantedFault?) throws -> [SimulatedStore.RowKey: SimulatedStore
        .Row]
    {
        var chain: any StageChain = FeedChain()
        for service in services.dropFirst() { chain = extended(chain, by: service, fault) }
        return try rows(of: chain, over: feed)
    }

    private static func extended(_ chain: some StageChain, by service: String, _ fault: PlantedFault?) -> any StageChain
    {
        chain.adding(service, stage(service, fault))
    }

    private static func rows(
        of chain: some StageChain, over feed: [Batch]
    ) throws -> [SimulatedStore.RowKey: SimulatedStore.Row] {
        var pipeline = LocalPipeline(chain)
        var sequencers: [String: Sequencer] = [:]
        var store = SimulatedStore(fault: nil)
        for batch in feed {
            try pipeline.run(batch) { service, events in
                store.store(
                    sequencers[service, default: Sequencer()].number(events, closing: batch.watermark), of: service)
            }
        }
        return store.rows
    }
}
