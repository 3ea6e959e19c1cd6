internal import Bus
internal import Foundation
internal import Logging
public import Pipeline
public import ServiceLifecycle

/// Runs a stage as a service: a ``Pipeline/Node`` between sockets and Postgres.
///
/// One thread owns every socket and the database connection; it blocks until something arrives, takes all that has, runs
/// the stage there, and writes rows when nothing more waits. Start and recovery are the same path.
public struct StageHost<S: Stage>: Service {
    let context: ServiceContext
    let writeAhead: Bool
    let makeStage: @Sendable () throws -> S

    /// Names the stage and how its rows are stored; nothing starts before ``run()``.
    ///
    /// * `writeAhead`: Whether rows are stored before anybody hears of a batch.
    /// * `makeStage`: The stage as it is before its first event; called again when the node goes back.
    public init(
        context: ServiceContext, writeAhead: Bool = false, makeStage: @escaping @Sendable () throws -> S
    ) {
        self.context = context
        self.writeAhead = writeAhead
        self.makeStage = makeStage
    }

    public func run() async throws {
        let waker = try Waker()
        let stop = StopFlag()
        try await withGracefulShutdownHandler {
            try await DedicatedThread.run(named: context.name) {
                let thread = try StageThread(host: self, waker: waker, stop: stop)
                try thread.run()
            }
        } onGracefulShutdown: {
            stop.raise()
            waker.wake()
        }
    }
}
