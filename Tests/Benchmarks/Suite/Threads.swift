import Foundation
import RawPeers
import Synchronization

/// Blocking work on threads of its own.
enum Threads {
    /// Runs all bodies at once, and waits.
    ///
    /// - Throws: What the first of them threw.
    static func run(_ bodies: [@Sendable () throws -> Void]) throws {
        let failures = Mutex<[any Error]>([])
        let group = DispatchGroup()
        for body in bodies {
            group.enter()
            let thread = Thread {
                do { try body() } catch { failures.withLock { $0.append(error) } }
                group.leave()
            }
            thread.start()
        }
        group.wait()
        if let failure = failures.withLock({ $0.first }) { throw failure }
    }
}

/// Measures how long something takes.
enum Stopwatch {
    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = raw_zmq_now()
        try body()
        return Double(raw_zmq_now() - start) / 1e9
    }
}
