import Foundation
public import Testing

/// Runs tests that keep a thread for long on threads of their own.
///
/// All other tests share as many threads as there are processors. One that trains a network for seconds, or that waits for a
/// process without letting go of its thread, would keep those waiting that only wait for a socket, until they run out of time.
public struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
    private let threads: ThreadGroup

    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(threads) { try await function() }
    }

    fileprivate init(_ threads: ThreadGroup) { self.threads = threads }
}

extension Trait where Self == OwnThreads {
    /// For tests that compute for long: one after the other.
    public static var longWork: Self { Self(.longWork) }

    /// For tests that start processes and wait for them: a few at a time.
    public static var processes: Self { Self(.processes) }

    /// For tests that only wait for sockets, and whose venues and clients give up on those that are silent for seconds.
    public static var sockets: Self { Self(.sockets) }
}

/// Threads that take jobs in the order in which they come.
private final class ThreadGroup: TaskExecutor, @unchecked Sendable {
    static let longWork = ThreadGroup(of: 1)
    static let processes = ThreadGroup(of: 2)
    static let sockets = ThreadGroup(of: 2)

    private let condition = NSCondition()
    /// Guarded by the condition.
    private var jobs: [UnownedJob] = []

    private init(of count: Int) {
        for _ in 0..<count {
            let thread = Thread { self.run() }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        jobs.append(job)
        condition.signal()
        condition.unlock()
    }

    private func run() {
        while true {
            condition.lock()
            while jobs.isEmpty { condition.wait() }
            let job = jobs.removeFirst()
            condition.unlock()
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
