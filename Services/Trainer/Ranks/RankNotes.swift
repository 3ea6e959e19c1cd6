internal import ServiceKit
internal import Store
internal import Synchronization
internal import Tensor

/// A rendezvous of the ranks of one group: notes in the database, over a connection of its own.
final class RankNotes: Rendezvous {
    private let group: Int64
    /// `nil` once the ranks are connected.
    private let connection: Mutex<PostgresConnection?>

    init(of group: Int64, at databaseURL: String) throws(RankError) {
        self.group = group
        do {
            connection = Mutex(try PostgresConnection(databaseURL, applicationName: "trainer-ranks"))
        } catch {
            throw .store(error)
        }
    }

    func set(_ key: String, _ value: [UInt8]) throws {
        try withGroups { groups throws(StoreError) in try groups.setNote(key, value, in: group) }
    }

    func get(_ key: String, within timeout: Duration) throws -> [UInt8] {
        let deadline = WallClock.monotonic + timeout.components.seconds * 1_000_000_000
        while true {
            switch try withGroups({ groups throws(StoreError) in try groups.note(key, in: group) }) {
            case .value(let value): return value
            case .broken: throw RankError.broken
            case .missing: guard WallClock.monotonic < deadline else { throw RankError.late }
            }
            WallClock.sleep(milliseconds: 10)
        }
    }

    func add(_ key: String, _ amount: Int64) throws -> Int64 {
        try withGroups { groups throws(StoreError) in try groups.addToNote(key, amount, in: group) }
    }

    /// Gives the connection back; there is nothing to be found after that.
    func close() { connection.withLock { $0 = nil } }

    private func withGroups<R: Sendable>(_ body: @Sendable (RankGroups) throws(StoreError) -> R) throws(RankError) -> R
    {
        try connection.withLock { connection throws(RankError) in
            guard let connection else { throw .broken }
            do throws(StoreError) {
                return try body(RankGroups(connection))
            } catch {
                throw .store(error)
            }
        }
    }
}
