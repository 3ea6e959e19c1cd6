/// Where the ranks of a ``ProcessGroup`` leave each other notes until they are connected: a table, a folder, a
/// dictionary.
///
/// All ranks of a group see the same notes. Called on several threads.
public protocol Rendezvous: Sendable {
    /// Keeps `value` under `key`, in place of an earlier one.
    func set(_ key: String, _ value: [UInt8]) throws

    /// What is kept under `key`; waits until somebody has set it.
    ///
    /// - Parameters:
    ///   - key: of the note.
    ///   - timeout: how long to wait; zero only looks.
    /// - Returns: the note.
    /// - Throws: an error when nobody has set it in time.
    func get(_ key: String, within timeout: Duration) throws -> [UInt8]

    /// Adds `amount` to the number under `key`, which is 0 at first, in one step that no other rank comes between.
    ///
    /// - Returns: the sum.
    func add(_ key: String, _ amount: Int64) throws -> Int64
}
