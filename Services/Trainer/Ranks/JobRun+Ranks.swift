internal import ServiceKit
internal import Store
internal import Tensor

extension JobRun {
    /// How long a connected rank waits for another, in seconds: longer than a leader waits for a database that starts
    /// anew, since a process that dies is noticed at once.
    private static let patience = 120

    /// Waits until all ranks of a group have read what they learn from, or one of them is lost.
    ///
    /// - Parameters:
    ///   - group: The group's id.
    ///   - news: Called whenever something may have changed; may throw to stop.
    /// - Returns: Whether all are there.
    /// - Throws: What `news` throws, ``Interruption``, and ``RankError/broken`` when the group has ended.
    func gather(_ group: Int64, news: (RankGroups.Gathering) throws -> Void = { _ in }) throws -> Bool {
        while true {
            try check(isSaved: true)
            let found = try session.retrying("read ranks") { connection throws(StoreError) in
                try RankGroups(connection).gathering(of: group)
            }
            guard let found else { throw RankError.broken }
            if found.isBroken || found.isComplete { return !found.isBroken }
            try news(found)
            _ = try session.retrying("wait for ranks") { connection throws(StoreError) in
                try connection.waitForNotification(milliseconds: 200)
            }
        }
    }

    /// Connects with the other ranks of a group that is complete.
    func connect(_ group: Int64, rank: Int, of ranks: Int) throws -> ProcessGroup {
        let notes = try RankNotes(of: group, at: trainer.context.settings.databaseURL)
        defer { notes.close() }
        return try ProcessGroup(
            named: "fit", rank: rank, size: ranks, at: trainer.settings.address, timeout: .seconds(Self.patience),
            rendezvous: notes)
    }
}
