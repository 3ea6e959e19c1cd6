internal import Bus
internal import Foundation
internal import Logging
public import Pipeline
public import Schema
public import ServiceLifecycle

/// Runs a stage as a service: a ``Pipeline/Node`` between sockets and Postgres.
///
/// One thread owns every socket and the database connection; it blocks until something arrives, takes all that has, runs
/// the stage there, and writes the rows of many batches at once. Start and recovery are the same path.
public struct StageHost<S: Stage>: Service {
    let context: ServiceContext
    let storedFirst: Set<Message.Kind>
    let observer: StageObserver<S>
    /// `nil` for a stage that is never divided.
    let division: StageDivision<S>?
    let makeStage: @Sendable (Shard) throws -> S

    /// Names the stage and how its rows are stored; nothing starts before ``run()``.
    ///
    /// * `storedFirst`: A batch with a message of such a kind is stored before anybody hears of it.
    /// * `observer`: What is told of the stage beside what every stage tells.
    /// * `makeStage`: The stage as it is before its first event; called again when the node goes back.
    public init(
        context: ServiceContext, storedFirst: Set<Message.Kind> = [],
        observer: StageObserver<S> = StageObserver(),
        makeStage: @escaping @Sendable () throws -> S
    ) {
        self.context = context
        self.storedFirst = storedFirst
        self.observer = observer
        self.makeStage = { _ in try makeStage() }
        division = nil
    }

    /// Runs one shard of a stage that may be divided; `makeStage` is told which.
    public init(
        dividing context: ServiceContext, observer: StageObserver<S> = StageObserver(),
        makeStage: @escaping @Sendable (Shard) throws -> S
    ) where S: DivisibleStage {
        self.context = context
        storedFirst = []
        self.observer = observer
        self.makeStage = makeStage
        division = StageDivision()
    }

    public func run() async throws {
        let waker = try Waker()
        try await DedicatedThread.serve(context, waker: waker) { stop in
            guard let claim = try ShardClaim.take(context, stop: stop) else { return }
            try StageThread(host: self, claim: claim, waker: waker, stop: stop).run()
        }
    }
}
