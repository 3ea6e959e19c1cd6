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
    let security: BusSecurity?
    let makeStage: @Sendable () throws -> S

    /// * `writeAhead`: Whether rows are stored before anybody hears of a batch.
    /// * `makeStage`: The stage as it is before its first event; called again when the node goes back.
    public init(
        context: ServiceContext, writeAhead: Bool = false, security: BusSecurity? = nil,
        makeStage: @escaping @Sendable () throws -> S
    ) {
        self.context = context
        self.writeAhead = writeAhead
        self.security = security
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
