internal import ArgumentParser
internal import Foundation
internal import Schema
internal import ServiceKit
internal import Store

/// Where a deployment on this machine keeps everything: its database, sockets, logs, recordings.
struct Workspace: Sendable {
    /// Absolute.
    let folder: String

    init(_ folder: String) { self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path }

    var logFolder: String { folder + "/logs" }
    var keyFolder: String { folder + "/keys" }
    /// Who supervises the services.
    var processFile: String { folder + "/tidegate.pid" }

    /// The folder of the `ipc://` sockets: in the workspace, or, where that path is too long for a socket, a private one
    /// under `/tmp` that the workspace's path determines.
    var busFolder: String {
        let inside = folder + "/bus"
        if inside.utf8.count + 40 <= 107 { return inside }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in folder.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "/tmp/tidegate-\(getuid())-\(String(hash, radix: 16))"
    }

    /// Makes the folders, private to the user.
    func create() throws {
        for path in [folder, logFolder, busFolder] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: path == busFolder ? [.posixPermissions: 0o700] : nil)
        }
    }

    /// The database that the environment names.
    static var environmentDatabase: String? {
        let environment = ProcessInfo.processInfo.environment
        return environment["TIDEGATE_DATABASE_URL"] ?? environment["DATABASE_URL"]
    }

    /// The database named by the environment, or the private cluster's `tidegate`, started when it does not run.
    ///
    /// The schema is brought up to date.
    func database() throws -> String {
        if let url = Self.environmentDatabase {
            try Self.migrate(url)
            return url
        }
        let cluster = try cluster()
        try cluster.createDatabase("tidegate")
        let url = cluster.connectionString(database: "tidegate")
        try Self.migrate(url)
        return url
    }

    /// The private cluster, started when it does not run.
    func cluster() throws -> PrivateCluster {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return try PrivateCluster.start(
            folder: folder + "/postgres", searchFolders: path.split(separator: ":").map(String.init))
    }

    static func migrate(_ url: String) throws { try Migrator(PostgresConnection(url)).migrate() }
}

/// `--folder`, which every command that touches a deployment takes.
struct WorkspaceOptions: ParsableArguments {
    @Option(name: .customLong("folder"), help: "Where the deployment keeps its database, sockets and logs.")
    var folder = ".tidegate"

    var workspace: Workspace { Workspace(folder) }
}
