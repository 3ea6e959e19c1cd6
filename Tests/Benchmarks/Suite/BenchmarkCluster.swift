import Foundation
import Store

/// A private PostgreSQL with the server's own settings, which flush to the disk, in a folder of its own.
struct BenchmarkCluster {
    let folder: String
    private let cluster: PrivateCluster

    init() throws {
        folder = "/tmp/tidegate-bench-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        cluster = try PrivateCluster.start(
            folder: folder + "/postgres", searchFolders: path.split(separator: ":").map(String.init))
    }

    /// A database with the schema; its connection string.
    func database(_ name: String = "tidegate") throws -> String {
        try cluster.createDatabase(name)
        let url = cluster.connectionString(database: name)
        try Migrator(PostgresConnection(url)).migrate()
        return url
    }

    func delete() {
        try? cluster.delete()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
