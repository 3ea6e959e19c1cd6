public import Bus
internal import Foundation
internal import ServiceLifecycle
internal import Store
internal import Synchronization

/// Work that blocks, on a thread of its own, so that no thread of the cooperative pool stands still.
public enum DedicatedThread {
    /// Runs `body` on a new thread and waits for it without blocking.
    public static func run<R: Sendable>(named name: String, _ body: @escaping @Sendable () throws -> R) async throws
        -> R
    {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                do {
                    continuation.resume(returning: try body())
                } catch {
                    continuation.resume(throwing: error)
                }
            }
            thread.name = name
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// Runs a service's `body` until it ends, or the service is told to stop.
    ///
    /// Told so, gracefully or by cancellation because another service of the process failed, it raises the context's
    /// flag and wakes the waker. What then breaks off its wait for the database is no failure.
    public static func serve(
        _ context: ServiceContext, waker: Waker, _ body: @escaping @Sendable (StopFlag) throws -> Void
    ) async throws {
        let stop = context.stop
        try await withTaskCancellationOrGracefulShutdownHandler {
            do {
                try await run(named: context.name) { try body(stop) }
            } catch StoreError.stopped {}
        } onCancelOrGracefulShutdown: {
            stop.raise()
            waker.wake()
        }
    }
}

/// Says that a thread should come to its end.
public final class StopFlag: Sendable {
    private let raised = Atomic(false)

    public init() {}
    public var isRaised: Bool { raised.load(ordering: .acquiring) }
    public func raise() { raised.store(true, ordering: .releasing) }
}
