/// Work that somebody asked for, and how far it is.
public struct Job: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable { case queued, leased, done, failed }

    public let id: Int64
    public let kind: String
    public let payload: JSONText
    /// Names the work: asking for it again under the same key is asking once.
    public let key: String
    /// The job of which it is a part, and which waits for it; `nil` for a whole.
    public let parent: Int64?
    public let state: State
    /// Claims so far.
    public let attempts: Int
    /// Workers that fell silent over it since it last got further.
    public let lost: Int
    /// 0…1, as the last holder of the lease said.
    public let progress: Double
    public let result: JSONText?
    public let error: String?
}

/// What is asked for.
public struct JobOrder: Sendable, Equatable {
    /// Says which workers can do it.
    public let kind: String
    public let payload: JSONText
    /// Names the work.
    public let key: String
    /// How many workers may fall silent over it, one after the other and none getting further, until it has failed; at
    /// least 1.
    public let lostLimit: Int

    public init(kind: String, payload: JSONText, key: String, lostLimit: Int = 5) {
        precondition(lostLimit > 0, "a job is tried once at least")
        (self.kind, self.payload, self.key, self.lostLimit) = (kind, payload, key, lostLimit)
    }
}

/// The right to work on a job, until it runs out.
public struct JobLease: Sendable, Equatable {
    public let job: Job
    public let owner: String
    /// How far an earlier holder had come; `nil` at the beginning.
    public let checkpoint: [UInt8]?

    /// With the owner it names the lease, so that a holder that lost it and came back is told from its former self.
    var attempt: Int { job.attempts }
}

extension Job {
    static let columns = [
        "id", "kind", "payload", "key", "parent", "state", "attempts", "lost", "progress", "result", "error",
    ]

    init(_ row: Row) throws(StoreError) {
        self.init(
            id: try row.value("id"), kind: try row.value("kind"), payload: try row.value("payload"),
            key: try row.value("key"), parent: try row.optional("parent"), state: try row.name("state"),
            attempts: try row.value("attempts"), lost: try row.value("lost"), progress: try row.value("progress"),
            result: try row.optional("result"), error: try row.optional("error"))
    }
}
