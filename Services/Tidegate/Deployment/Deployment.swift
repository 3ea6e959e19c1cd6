internal import Foundation
internal import Pipeline
internal import Schema
internal import Synchronization

/// The eight services as processes of this machine, over `ipc://` sockets, under supervision.
///
/// A divided service has a process for each shard, under the name of its node.
final class Deployment: Sendable {
    let workspace: Workspace
    let databaseURL: String
    let fleet: Fleet
    /// The names of all processes, in the order in which data flow.
    private let nodes: [String]
    private let services: [String: SupervisedService]
    private let common: [String]
    private let failureLogs: [String: FailureLog]
    private let ports: Ports

    /// Ports of metrics and health, and the dashboard's.
    struct Ports: Sendable {
        /// The first of as many as there are processes; 0 lets the system choose.
        var first = 0
        var dashboard = 0

        func port(of node: String, among nodes: [String]) -> Int {
            guard node != Topology.metricsRecorder else { return dashboard }
            return first == 0 ? 0 : first + (nodes.firstIndex(of: node) ?? 0)
        }
    }

    /// Where a process tells metrics and health; 0 where the system chooses.
    private func port(of node: String) -> Int { ports.port(of: node, among: nodes) }

    /// * `settings`: Setting keys and values that every service gets, for example `market.timeframe`.
    /// * `ingestor`: The ingestor's own.
    /// * `fleet`: How the services are divided.
    /// * `keys`: Folder of the services' keys; `nil` leaves the bus in the clear.
    init(
        workspace: Workspace, databaseURL: String, settings: [String: String], ingestor: [String: String],
        fleet: Fleet = .undivided, keys: String? = nil, ports: Ports = Ports(), logLevel: String = "info"
    ) throws {
        self.workspace = workspace
        self.databaseURL = databaseURL
        self.ports = ports
        self.fleet = fleet
        nodes = Topology.services.flatMap { fleet.nodes(of: $0) }
        try workspace.create()
        let folder = try Self.programFolder()
        var environment = ProcessInfo.processInfo.environment
        // By environment and not as an argument, where `ps` would show it.
        environment["TIDEGATE_DATABASE_URL"] = databaseURL
        // Spinning threads of a math library would take the processor from the services beside it.
        environment["OMP_WAIT_POLICY"] = "passive"
        environment["OMP_NUM_THREADS"] = "1"
        var settings = settings
        for name in Topology.shardable { settings["pipeline.shards.\(name)"] = "\(fleet.shards(of: name).count)" }
        for (key, value) in settings { environment[SettingKey(key, "", "").variable] = value }
        common =
            ["--bus-folder", workspace.busFolder, "--log-level", logLevel] + (keys.map { ["--bus-keys", $0] } ?? [])
        var services: [String: SupervisedService] = [:]
        var failureLogs: [String: FailureLog] = [:]
        for name in Topology.services {
            let program = folder.appendingPathComponent(name)
            guard FileManager.default.isExecutableFile(atPath: program.path) else {
                throw SettingError("there is no program \(name) beside tidegate; build all products")
            }
            for shard in fleet.shards(of: name) {
                let node = shard.node(of: name)
                var arguments =
                    common + [
                        "--http-port", "\(ports.port(of: node, among: nodes))", "--pipeline-shard",
                        "\(shard.index + 1)",
                    ]
                if name == Topology.ingestor { arguments += Self.flags(ingestor) }
                let failures = FailureLog()
                services[node] = SupervisedService(
                    ServiceSpecification(name: node, arguments: arguments), executable: program,
                    environment: environment, log: "\(workspace.logFolder)/\(node).log"
                ) { failures.note($0, $1) }
                failureLogs[node] = failures
            }
        }
        self.services = services
        self.failureLogs = failureLogs
    }

    static func flags(_ settings: [String: String]) -> [String] {
        settings.sorted { $0.key < $1.key }.flatMap { [SettingKey($0.key, "", "").flag, $0.value] }
    }

    /// Where the programs of the services are: beside this one.
    static func programFolder() throws -> URL {
        let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: path).deletingLastPathComponent()
    }

    func start() throws {
        for node in nodes { try services[node]?.start() }
        try writeProcessFile()
        try writeTargets()
    }

    /// Starts the ingestor again with other settings of its own.
    func restartIngestor(_ settings: [String: String]) throws {
        try services[Topology.ingestor]?.replace(
            arguments: common + ["--http-port", "\(port(of: Topology.ingestor))"] + Self.flags(settings))
    }

    func kill(_ node: String) { services[node]?.kill() }

    /// Restarts a service in order, shard by shard, from the programs of `folder` where one is given.
    func renew(_ name: String, programs folder: String? = nil) {
        for node in fleet.nodes(of: name) {
            services[node]?.renew(executable: folder.map { URL(fileURLWithPath: "\($0)/\(name)") })
        }
    }

    /// What a service that keeps ending by itself said last; `nil` while none does.
    func failure() -> String? {
        for (name, log) in failureLogs where log.count >= 5 {
            return "\(name) keeps stopping with status \(log.lastStatus): \(lastLine(of: name))"
        }
        return nil
    }

    private func lastLine(of name: String) -> String {
        let text = (try? String(contentsOfFile: "\(workspace.logFolder)/\(name).log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").last.map(String.init) ?? "nothing in its log"
    }

    /// Kills all, without waiting; they go on from what they stored.
    func abandon() { for service in services.values { service.abandon() } }

    /// Stops all, those that send orders first and those that record last.
    func stop() {
        let order = [
            Topology.executor, Topology.riskGate, Topology.inferenceServer, Topology.featureBuilder, Topology.ingestor,
            Topology.syntheticGenerator, Topology.trainer, Topology.metricsRecorder,
        ]
        for node in order.flatMap({ fleet.nodes(of: $0) }) { services[node]?.stop() }
        try? FileManager.default.removeItem(atPath: workspace.processFile)
    }

    /// Writes where each service tells its metrics, as Prometheus reads it (`file_sd_configs`).
    private func writeTargets() throws {
        guard ports.first != 0 else { return }
        let targets = Topology.services.flatMap { name in
            fleet.nodes(of: name).map { node in
                """
                  {"targets": ["127.0.0.1:\(port(of: node))"], "labels": {"service": "\(name)"}}
                """
            }
        }
        try "[\n\(targets.joined(separator: ",\n"))\n]\n".write(
            toFile: workspace.folder + "/prometheus-targets.json", atomically: true, encoding: .utf8)
    }

    private func writeProcessFile() throws {
        try "\(getpid())\n".write(toFile: workspace.processFile, atomically: true, encoding: .utf8)
    }
}

/// Counts the times that a service ended by itself.
private final class FailureLog: Sendable {
    private let state = Mutex((status: Int32(0), count: 0))

    var count: Int { state.withLock { $0.count } }
    var lastStatus: Int32 { state.withLock { $0.status } }
    /// An orderly end is no failure: an operator asked for it.
    func note(_ name: String, _ status: Int32) {
        guard status != 0 else { return }
        state.withLock { $0 = (status, $0.count + 1) }
    }
}
