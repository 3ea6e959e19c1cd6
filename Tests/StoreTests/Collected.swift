import Dispatch
import Foundation
import Store
import Synchronization
import Testing

/// What several threads found, put together.
final class Collected<Value: Sendable>: Sendable {
    private let storage = Mutex<[Value]>([])

    var values: [Value] { storage.withLock { $0 } }

    func append(_ values: [Value]) { storage.withLock { $0 += values } }
}

/// Runs `body` on so many threads, each with a connection of its own, from the moment at which all are connected.
func concurrently(
    _ threads: Int, on connectionString: String, _ body: @escaping @Sendable (Int, PostgresConnection) throws -> Void
) {
    let (ready, done) = (DispatchGroup(), DispatchGroup())
    for _ in 0..<threads {
        ready.enter()
        done.enter()
    }
    for index in 0..<threads {
        Thread {
            defer { done.leave() }
            let connection = Result { try PostgresConnection(connectionString) }
            ready.leave()
            ready.wait()
            do {
                try body(index, connection.get())
            } catch {
                Issue.record(error)
            }
        }.start()
    }
    done.wait()
}
