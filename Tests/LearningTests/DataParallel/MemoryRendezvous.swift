import Foundation
import Synchronization
import Tensor

/// A rendezvous of threads.
final class MemoryRendezvous: Rendezvous, @unchecked Sendable {  // everything is behind the condition's lock
    struct NotThere: Error, Equatable {
        let key: String
    }

    private let changed = NSCondition()
    private var notes: [String: [UInt8]] = [:]
    private var sums: [String: Int64] = [:]

    /// All keys that were set.
    var keys: [String] { changed.withLock { notes.keys.sorted() } }

    func set(_ key: String, _ value: [UInt8]) {
        changed.withLock {
            notes[key] = value
            changed.broadcast()
        }
    }

    func get(_ key: String, within timeout: Duration) throws -> [UInt8] {
        let deadline = Date.now + Double(timeout.components.seconds) + Double(timeout.components.attoseconds) * 1e-18
        return try changed.withLock {
            while true {
                if let value = notes[key] { return value }
                guard changed.wait(until: deadline) else { throw NotThere(key: key) }
            }
        }
    }

    func add(_ key: String, _ amount: Int64) -> Int64 {
        changed.withLock {
            sums[key, default: 0] += amount
            return sums[key, default: 0]
        }
    }
}

/// A rendezvous that changes what is found in it, or finds nothing.
struct BrokenRendezvous: Rendezvous {
    struct Broken: Error, Equatable {}

    let whole: MemoryRendezvous
    let breaks: @Sendable ([UInt8]) throws -> [UInt8]

    func set(_ key: String, _ value: [UInt8]) { whole.set(key, value) }
    func get(_ key: String, within timeout: Duration) throws -> [UInt8] { try breaks(whole.get(key, within: timeout)) }
    func add(_ key: String, _ amount: Int64) -> Int64 { whole.add(key, amount) }
}
