import Foundation
public import Testing

/// Runs tests that work for long without a pause on one thread of their own, one after the other.
///
/// Tests share as many threads as there are processors. One that trains a network for seconds would keep all those waiting
/// that only wait for sockets or processes, until they run out of time.
public struct LongWork: SuiteTrait, TestTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(OwnThread.shared) { try await function() }
    }
}

extension Trait where Self == LongWork {
    /// See ``LongWork``.
    public static var longWork: Self { Self() }
}

/// One thread that runs jobs in the order in which they come.
private final class OwnThread: TaskExecutor, @unchecked Sendable {
    static let shared = OwnThread()

    private let condition = NSCondition()
    /// Guarded by the condition.
    private var jobs: [UnownedJob] = []

    private init() {
        let thread = Thread { self.run() }
        thread.stackSize = 8 << 20
        thread.start()
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
