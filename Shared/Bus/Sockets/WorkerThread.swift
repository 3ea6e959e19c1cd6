internal import Dispatch
internal import Foundation

/// A thread of the bus that can be waited for.
final class WorkerThread: Sendable {
    private let group = DispatchGroup()

    /// Starts a thread that runs `body` once.
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        let thread = Thread { [group] in
            body()
            group.leave()
        }
        thread.name = name
        thread.start()
    }

    /// Waits until the thread has ended; it must not be called on that thread.
    func join() { group.wait() }
}

extension WorkerThread {
    /// Something that happens once and can be waited for.
    final class Signal: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)

        func raise() { semaphore.signal() }
        func wait() { semaphore.wait() }
    }
}
