internal import ArgumentParser
internal import Foundation
internal import Schema
internal import ServiceKit
internal import Store

/// Backs a deployment's database up, while the services go on.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Backs the database up, while the services go on.",
        discussion: """
            Writes a folder with a dump in pg_dump's custom format and a manifest: the schema's version, and the rows and the \
            digest of every table at that moment. Keys are not in it; back their folder up apart.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "The folder to make; by default <folder>/backups/<now>.") var target: String?
    @Flag(help: "Print one JSON object.") var json = false

    private struct Outcome: Encodable {
        let folder: String
        let bytes: Int64
        let rows: Int64
        let schemaVersion: Int
        /// Where the feed ends in it.
        @Nullable var position: UInt64?
        let tables: [BackupManifest.Table]
    }

    func run() async throws {
        let folder = URL(fileURLWithPath: target ?? standardTarget).standardizedFileURL.path
        let workspace = options.workspace
        let manifest = try CommandFailure.explaining {
            try workspace.withDatabase(isNeeded: true) { try DatabaseBackup(url: $0, folder: folder).make() }
        }
        if json {
            return try JSONOutput.print(
                Outcome(
                    folder: folder, bytes: manifest.dump.bytes, rows: manifest.rows,
                    schemaVersion: manifest.schemaVersion, position: manifest.feed?.position, tables: manifest.tables))
        }
        let feed = manifest.feed.map { ", feed up to \($0.reached)" } ?? ""
        Terminal.print(
            "\(folder): \(manifest.rows) rows in \(manifest.tables.count) tables, \(Figures.bytes(manifest.dump.bytes))\(feed)"
        )
    }

    private var standardTarget: String {
        let name = WallClock.now.description.prefix(19).replacing(":", with: "-")
        return "\(options.workspace.folder)/backups/\(name)Z"
    }
}

/// Brings a backup back.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings a backup into an empty database, and compares it table by table.",
        discussion: """
            The services must be stopped. A backup of an earlier build is brought to this build's form afterwards. Started \
            again, the services go on from where the feed ended in the backup.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "The backup's folder.") var source: String
    @Flag(help: "Delete what the database holds.") var replace = false
    @Flag(help: "Print one JSON object.") var json = false

    private struct Outcome: Encodable {
        let folder: String
        let rows: Int64
        /// Every table's digest is the backup's; otherwise the command fails.
        let identical = true
        let migrations: [Int]
        @Nullable var position: UInt64?
    }

    func run() async throws {
        let folder = URL(fileURLWithPath: source).standardizedFileURL.path
        let (workspace, replace) = (options.workspace, replace)
        let outcome = try CommandFailure.explaining {
            try workspace.withDatabase(isNeeded: false) {
                try DatabaseRestore(folder: folder, url: $0, replaces: replace).run()
            }
        }
        let manifest = outcome.manifest
        if json {
            return try JSONOutput.print(
                Outcome(
                    folder: folder, rows: manifest.rows, migrations: outcome.migrations,
                    position: manifest.feed?.position))
        }
        Terminal.print("\(manifest.rows) rows in \(manifest.tables.count) tables, all as they were backed up")
        if let last = outcome.migrations.last { Terminal.print("brought to migration \(last)") }
        if let feed = manifest.feed { Terminal.print("the feed goes on after \(feed.reached)") }
    }
}

extension Workspace {
    /// Calls `body` with the deployment's database; a private server that does not run is started for it and then stopped.
    ///
    /// * `isNeeded`: It must be there already.
    func withDatabase<R>(isNeeded: Bool, _ body: (_ url: String) throws -> R) throws -> R {
        if let running = try runningDatabase() { return try body(running.url) }
        guard !isNeeded || FileManager.default.fileExists(atPath: "\(folder)/postgres/data") else {
            throw CommandFailure("there is no database in \(folder)")
        }
        try create()
        let cluster = try cluster()
        defer { try? cluster.stop() }
        try cluster.createDatabase("tidegate")
        return try body(cluster.connectionString(database: "tidegate"))
    }
}
