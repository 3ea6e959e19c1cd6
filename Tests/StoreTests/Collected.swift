import Synchronization

/// What several threads found, put together.
final class Collected<Value: Sendable>: Sendable {
    private let storage = Mutex<[Value]>([])

    var values: [Value] { storage.withLock { $0 } }

    func append(_ values: [Value]) { storage.withLock { $0 += values } }
}
