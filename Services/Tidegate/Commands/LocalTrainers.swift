internal import Foundation
internal import Pipeline
internal import Schema
internal import ServiceKit
internal import Store
internal import Synchronization

/// Trainers on this machine for as long as a command waits for a training.
final class LocalTrainers: Sendable {
    private let trainers: [SupervisedService]
    private let exits: Exits

    private final class Exits: Sendable {
        let count = Mutex(0)
    }

    /// Within so many seconds a trainer that runs has said so; one that has stopped is not ready.
    private static let freshness: Int64 = 10

    /// Starts so many; `nil` is as many as are missing to `needed` that have given a sign of life lately.
    init(
        _ count: Int?, atLeast needed: Int, _ workspace: Workspace, _ url: String, _ connection: PostgresConnection
    ) throws {
        let count = try count ?? max(needed - Self.running(connection), 0)
        let exits = Exits()
        self.exits = exits
        guard count > 0 else {
            trainers = []
            return
        }
        try workspace.create()
        let program = try Deployment.programFolder().appendingPathComponent(Topology.trainer)
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw CommandFailure("there is no program \(Topology.trainer) beside tidegate; build all products")
        }
        var environment = ProcessInfo.processInfo.environment
        // By environment and not as an argument, where `ps` would show it.
        environment["TIDEGATE_DATABASE_URL"] = url
        environment["OMP_WAIT_POLICY"] = "passive"
        trainers = (1...count).map { number in
            SupervisedService(
                ServiceSpecification(
                    name: Topology.trainer,
                    arguments: ["--bus-folder", workspace.busFolder, "--http-port", "0"]),
                executable: program, environment: environment,
                log: "\(workspace.logFolder)/\(Topology.trainer)-\(number).log"
            ) { _, status in
                if status != 0 { exits.count.withLock { $0 += 1 } }
            }
        }
        for trainer in trainers { try trainer.start() }
        Terminal.note("\(count) trainer\(count == 1 ? "" : "s") started here; logs in \(workspace.logFolder)")
    }

    /// Why they cannot work; `nil` while they do.
    var failure: String? {
        exits.count.withLock { $0 } >= 5 ? "the trainers started here keep stopping; see their logs" : nil
    }

    func stop() { for trainer in trainers { trainer.stop() } }

    private static func running(_ connection: PostgresConnection) throws -> Int {
        let latest = WallClock.now.advanced(by: -freshness * 1_000_000_000)
        return try StatusStore(connection).all().count {
            $0.name == Topology.trainer && $0.isReady && $0.updatedAt > latest
        }
    }
}
