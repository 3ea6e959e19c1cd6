internal import Pipeline
internal import Schema
internal import Store

/// What goes, and what will not be possible without it.
struct PrunePlan: Sendable {
    struct Part: Encodable, Sendable, Equatable {
        let what: String
        let table: String
        let rows: Int64
        let total: Int64
        let bytes: Int64
    }

    let subjects: [Retention.Subject]
    /// What is older by the feed's own time, and what was said longer ago by the clock, in seconds.
    let cutoff: UnixNanos
    let seconds: Double
    /// No service can ask or go back before it.
    let floor: FeedPosition
    let parts: [Part]

    /// What goes when nothing is named: history that only people look at.
    static let standard: [Retention.Subject] = [
        .metrics, .accounts, .predictions, .decisions, .anomalies, .statuses,
    ]

    var rows: Int64 { parts.map(\.rows).reduce(0, +) }

    /// Looks at what is due.
    ///
    /// - Throws: ``CommandFailure`` where nothing may go at all.
    init(_ subjects: [Retention.Subject], olderThan seconds: Double, _ connection: PostgresConnection) throws {
        let retention = Retention(connection)
        guard let end = try FeedLog(connection).head()?.watermark.time else {
            throw CommandFailure("there is no feed yet, so nothing is old")
        }
        guard let floor = try retention.floor(of: Fleet.running(connection).stageNodes) else {
            throw CommandFailure(
                "nothing may go yet: a stage without a snapshot would need all of it (see `tidegate doctor`)")
        }
        if subjects.contains(.feed), try retention.isFeedInUse() {
            throw CommandFailure("the feed is needed by a training that waits or is under way; see `tidegate status`")
        }
        self.subjects = subjects
        self.seconds = seconds
        self.floor = floor
        cutoff = end.advanced(by: -Int64(min(seconds, 9e8) * 1e9))
        var parts: [Part] = []
        for subject in subjects {
            for due in try retention.due(subject, before: cutoff, floor: floor, silence: seconds) {
                parts.append(
                    Part(
                        what: subject.rawValue, table: due.table, rows: due.rows, total: due.total, bytes: due.bytes))
            }
        }
        self.parts = parts
    }

    /// What a person should know before rows of a kind go.
    var losses: [String] {
        subjects.compactMap { subject in
            switch subject {
            case .feed:
                "feed: no training, no replay and no new stage can begin before \(cutoff) any more; "
                    + "`tidegate record` or `tidegate backup` keeps it elsewhere"
            case .candles: "candles: the dashboard shows none before \(cutoff)"
            case .accounts: "accounts: the equity curve begins at \(cutoff)"
            case .metrics, .predictions, .decisions, .anomalies, .statuses: nil
            }
        }
    }

    /// Deletes it, a part at a time.
    ///
    /// - Returns: How many rows went.
    func apply(_ connection: PostgresConnection, _ progress: (Int) -> Void) throws -> Int {
        let retention = Retention(connection)
        var done = 0
        for subject in subjects {
            while true {
                let count = try retention.deleteSome(subject, before: cutoff, floor: floor, silence: seconds)
                guard count > 0 else { break }
                done += count
                progress(done)
            }
        }
        return done
    }
}
