internal import ArgumentParser
internal import Foundation
internal import Schema
internal import ServiceKit
internal import Store

/// Ends one service in order, and waits until its supervisor has started it again.
struct Restart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Restarts services one after the other, each when the one before is ready again.",
        discussion: """
            For services that `tidegate up` supervises on this machine; a container is restarted by its engine. A service \
            takes up new keys and a new build in this way; nothing is lost, since it goes on from its last snapshot.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "Services' names, in this order.") var services: [String]
    @Option(help: "Seconds to wait for each.") var timeout = 60.0
    @Flag(help: "Print one JSON object for each.") var json = false

    private struct Outcome: Encodable {
        let service: String
        let pid: Int32
        /// From its end to its being ready again.
        let seconds: Double
    }

    func run() async throws {
        let workspace = options.workspace
        let database = try workspace.requiredDatabase()
        guard MachineFacts.supervisor(of: workspace) != nil else {
            throw CommandFailure(
                database.isOurs
                    ? "no `tidegate up` runs in \(workspace.folder), so nobody would start it again"
                    : "the services run elsewhere; restart them there, as `docker compose restart SERVICE`")
        }
        let connection = try database.connect()
        for service in services {
            let processes = try processes(of: service, connection)
            guard !processes.isEmpty else {
                throw CommandFailure("\(service) does not run here; see `tidegate status`")
            }
            for process in processes {
                let outcome = try CommandFailure.explaining { try restart(process, connection) }
                if json {
                    try JSONOutput.print(outcome)
                } else {
                    Terminal.print(
                        "\(outcome.service): process \(outcome.pid), ready after \(Figures.duration(outcome.seconds))")
                }
            }
        }
    }

    /// The service's process, or one for each of its shards.
    private func processes(of service: String, _ connection: PostgresConnection) throws -> [ServiceStatus] {
        try StatusStore(connection).all().filter { $0.name == service && DeploymentStatus.isAlive($0.processID) }
    }

    private func restart(_ old: ServiceStatus, _ connection: PostgresConnection) throws -> Outcome {
        let shard = Shard(label: old.instance)
        let node = shard?.node(of: old.name) ?? old.name
        let begin = WallClock.monotonic
        func seconds() -> Double { Double(WallClock.monotonic - begin) / 1e9 }
        kill(old.processID, SIGTERM)
        while seconds() < timeout {
            let started = try processes(of: old.name, connection).first { status in
                // A shard comes back as that shard; a trainer under another instance's name.
                (shard == nil || status.instance == old.instance) && status.isReady
                    && status.startedAt > old.startedAt && status.processID != old.processID
            }
            if let started {
                return Outcome(
                    service: node, pid: started.processID, seconds: (seconds() * 10).rounded() / 10)
            }
            WallClock.sleep(milliseconds: 50)
        }
        throw CommandFailure(
            "\(node) is not ready again after \(Figures.duration(timeout)); see \(options.workspace.logFolder)/\(node).log"
        )
    }
}
