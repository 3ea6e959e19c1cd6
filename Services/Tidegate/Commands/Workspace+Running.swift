internal import Foundation
internal import Store

/// A database that runs, and whether the services beside it run on this machine too.
struct RunningDatabase: Sendable, Equatable {
    let url: String
    /// Whether it is the workspace's own, so that process numbers in it are this machine's.
    let isOurs: Bool

    func connect() throws -> PostgresConnection { try PostgresConnection(url, applicationName: "tidegate-cli") }
}

extension Workspace {
    /// The deployment's database if it runs; nothing is started, made or changed for it.
    ///
    /// - Returns: `nil` when it does not run, or was never made.
    /// - Throws: ``StoreError`` when the server of the environment's database cannot be reached.
    func runningDatabase(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> RunningDatabase? {
        if let url = environment["TIDEGATE_DATABASE_URL"] ?? environment["DATABASE_URL"], !url.isEmpty {
            return RunningDatabase(url: url, isOurs: false)
        }
        let cluster = folder + "/postgres"
        guard FileManager.default.fileExists(atPath: cluster + "/data") else { return nil }
        let path = environment["PATH"] ?? ""
        let server = try PrivateCluster(folder: cluster, searchFolders: path.split(separator: ":").map(String.init))
        guard server.isRunning else { return nil }
        return RunningDatabase(url: server.connectionString(database: "tidegate"), isOurs: true)
    }

    /// Like ``runningDatabase(environment:)``, for commands that can do nothing without it.
    func requiredDatabase() throws -> RunningDatabase {
        guard let database = try runningDatabase() else {
            throw CommandFailure("nothing runs in \(folder); `tidegate up --folder \(folder)` starts it")
        }
        return database
    }
}
