internal import Foundation
internal import Store
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The server that the databases of one test process are on.
final class TestServer: Sendable {
    /// How to reach its maintenance database.
    private let connectionString: String
    private let cluster: PrivateCluster?
    private let template: String
    private let made = Mutex<[String]>([])

    /// Starts a server, or takes an external one, and makes the template that databases are copied from.
    init(external: String?) throws {
        let process = ProcessInfo.processInfo.processIdentifier
        template = "tidegate_template_\(process)"
        if let external {
            connectionString = external
            cluster = nil
        } else {
            let parent = FileManager.default.temporaryDirectory
            try Self.deleteOrphans(in: parent)
            let folder = parent.appendingPathComponent("tidegate-test-\(process)").path
            // What a crash of the machine would lose does not matter here.
            let started = try PrivateCluster.start(
                folder: folder, settings: ["fsync": "off", "max_connections": "200"])
            try Self.watch(started)
            cluster = started
            connectionString = started.connectionString(database: "postgres")
        }
        made.withLock { $0.append(template) }
        try make(template)
        try Migrator(PostgresConnection(PostgresConnection.connectionString(connectionString, database: template)))
            .migrate()
    }

    func freshDatabase() throws -> String {
        let name = made.withLock { names in
            names.append("\(template)_\(names.count)")
            return names[names.count - 1]
        }
        try make(name, template: template)
        return try PostgresConnection.connectionString(connectionString, database: name)
    }

    /// Drops a database that ``freshDatabase()`` made.
    func drop(_ string: String) {
        let names = made.withLock { $0 }
        guard let name = names.first(where: { string.hasSuffix("dbname='\($0)'") }) else { return }
        delete(name)
    }

    func stop() {
        if let cluster {
            try? cluster.delete()
        } else {
            for name in made.withLock({ $0 }) { delete(name) }
        }
    }

    private func make(_ name: String, template: String? = nil) throws {
        let source = template.map { " TEMPLATE \"\($0)\"" } ?? ""
        try PostgresConnection(connectionString).runScript("CREATE DATABASE \"\(name)\"\(source)")
    }

    private func delete(_ name: String) {
        try? PostgresConnection(connectionString).runScript("DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)")
    }

    // MARK: Nothing is left behind

    /// Lets a shell take the server down when this process ends without doing so, for example by a crash.
    private static func watch(_ cluster: PrivateCluster) throws {
        let watcher = Process()
        watcher.executableURL = URL(fileURLWithPath: "/bin/sh")
        watcher.arguments = [
            "-c",
            """
            trap '' INT TERM HUP
            while kill -0 "$1" 2>/dev/null; do sleep 1; done
            postmaster=$(head -n 1 "$2/postmaster.pid" 2>/dev/null) && kill -QUIT "$postmaster" 2>/dev/null
            sleep 1
            rm -rf "$2" "$3" "$4" && rmdir "$(dirname "$2")"
            """,
            "tidegate-test-watcher", "\(ProcessInfo.processInfo.processIdentifier)", cluster.dataFolder,
            cluster.socketFolder, cluster.folder,
        ]
        watcher.standardInput = FileHandle.nullDevice
        watcher.standardOutput = FileHandle.nullDevice
        watcher.standardError = FileHandle.nullDevice
        try watcher.run()
    }

    /// Deletes what test processes left whose watcher was killed too.
    private static func deleteOrphans(in parent: URL) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: parent.path) {
            guard name.hasPrefix("tidegate-test-"), let process = Int32(name.dropFirst("tidegate-test-".count)),
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            try? PrivateCluster(folder: parent.appendingPathComponent(name).path).delete()
        }
    }
}
