internal import Pipeline
internal import Schema

/// The store that the processes share.
///
/// Writes are on the way for a while, may be lost with their process, and wait for a store that is away.
extension Simulator {
    /// Writes of one process reach the store in order, as over one connection.
    mutating func write(_ write: Happening.Write, by index: Int) {
        let latency = Int.random(in: 1...weather.storeLatency, using: &random)
        let time = max(now + latency, lastCommit[index])
        lastCommit[index] = time
        pendingWrites += 1
        schedule(after: time - now, .commit(by: index, run: runs[index], write))
    }

    mutating func commit(_ write: Happening.Write, by index: Int, run: Int) {
        if storeBack > now {
            guard runs[index] == run else {
                lostWrites[index] = run
                return
            }
            // The process tries again until the store is back, and its later writes wait behind this one.
            let time = max(storeBack, lastCommit[index])
            lastCommit[index] = time
            pendingWrites += 1
            schedule(after: time - now, .commit(by: index, run: run, write))
            return
        }
        // A process that died while its write was on the way may or may not have got it through; what it wrote after a
        // write that did not get through did not either. A snapshot's is over before its successor reads snapshots.
        if runs[index] != run {
            let isLate = nodes[index] != nil && write.isSnapshot
            guard lostWrites[index] != run, !isLate, Bool.random(using: &random) else {
                lostWrites[index] = run
                return
            }
        }
        switch write {
        case .rows(let batch):
            store.store(batch, of: places[index].service)
            schedule(after: 1, .answer(to: index, run: run, .stored(batch.watermark.position)))
        case .back(let position): if runs[index] == run { goBack(index, to: position) }
        case .snapshot(let snapshot): store.save(trimmed(snapshot), of: places[index].name, in: fleet)
        case .feed(let batches, let sequencer):
            guard store.append(batches, sequencer) else {
                if runs[index] == run { crash(index) }
                return
            }
            if let last = batches.last {
                schedule(after: 1, .answer(to: index, run: run, .appended(last.watermark.position)))
            }
        }
    }

    private mutating func goBack(_ index: Int, to position: FeedPosition) {
        guard position >= store.floor(of: fleet) else {
            return schedule(after: 1, .answer(to: index, run: runs[index], .nothingToLoad(for: position)))
        }
        let place = places[index]
        let snapshot = store.snapshot(of: place.name, atOrBefore: position)
        if snapshot == nil, store.pruned.contains(place.service) {
            failure = "\(place.name): \(NodeError.noSnapshot(atOrBefore: position))"
        }
        if fault != .keptSnapshots { store.takeBack(of: place.name, after: snapshot?.base ?? .start) }
        schedule(after: 1, .answer(to: index, run: runs[index], .loaded(snapshot, for: position)))
    }

    /// The snapshot as the planted fault writes it: filed under the place it stands at, since it cannot serve its last batch.
    func trimmed(_ snapshot: Snapshot<MixStage.State>) -> Snapshot<MixStage.State> {
        guard fault == .snapshotWithoutLastBatch else { return snapshot }
        let mark = snapshot.last.watermark
        let empty = LogBatch(
            entries: [],
            watermark: Watermark(position: mark.position, previous: mark.previous, time: mark.time),
            number: snapshot.last.number)
        return Snapshot(last: empty, sequencer: snapshot.sequencer, state: snapshot.state)
    }

    mutating func take(_ answer: Happening.Answer, at index: Int) {
        switch answer {
        case .appended(let position):
            var effects: [FeedNode.Effect] = []
            feedNode?.appended(upTo: position, into: &effects)
            offer(into: &effects)
            perform(effects)
        case .stored(let position):
            var effects: [Node<MixStage>.Effect] = []
            nodes[index]?.stored(upTo: position, into: &effects)
            perform(effects, at: index)
            advance(index)
        case .nothingToLoad(let position): nodes[index]?.stay(for: position)
        case .loaded(let snapshot, let position):
            var effects: [Node<MixStage>.Effect] = []
            let snapshot = damaged(snapshot)
            do {
                try nodes[index]?.rewound(
                    to: snapshot, for: position, fresh: Self.stage(places[index].service, fault), into: &effects)
            } catch {
                failure = "\(places[index].name): \(error)"
            }
            perform(effects, at: index)
            advance(index)
        }
    }
}
