import Store
import TestKit
import Testing

/// Steps that tests of divided jobs have in common.
enum Training {
    static let lastingSeconds = 3600.0

    static func orders(_ names: String...) -> [JobOrder] {
        names.map { JobOrder(kind: "fit", payload: JSONText(#"{"of": "\#($0)"}"#), key: $0) }
    }

    /// A training that is in hand.
    static func begun(_ key: String, _ jobs: JobQueue) throws -> JobLease {
        try jobs.submit("train", payload: "{}", key: key)
        return try claim("train", jobs)
    }

    static func claim(_ kind: String, _ jobs: JobQueue, owner: String = "worker") throws -> JobLease {
        try #require(try jobs.claim([kind], owner: owner, seconds: lastingSeconds))
    }

    /// Every job, wholes before their parts.
    static func all(_ jobs: JobQueue) throws -> [Job] {
        try jobs.wholes().flatMap { try [jobs.job($0.id)].compactMap(\.self) + jobs.children(of: $0.id) }
    }

    static func withQueue(_ body: (JobQueue, PostgresConnection) throws -> Void) async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            try body(JobQueue(connection), connection)
        }
    }
}
