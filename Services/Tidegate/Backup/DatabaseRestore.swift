internal import Foundation
internal import Store

/// Brings a backup into a database, and compares what has come of it with what was backed up.
struct DatabaseRestore {
    let folder: String
    let url: String
    /// Deletes what the database holds.
    let replaces: Bool

    /// What was done.
    struct Outcome {
        let manifest: BackupManifest
        /// Applied after the comparison, for a backup of an earlier build.
        let migrations: [Int]
    }

    /// - Throws: ``CommandFailure`` before anything is changed: for a damaged backup, one of a later build, a database that
    ///   holds something, and one that services use; afterwards, when a table is not as it was.
    func run() throws -> Outcome {
        let manifest = try BackupManifest(readingFrom: folder)
        let dump = "\(folder)/\(manifest.dump.file)"
        guard try FileDigest.sha256(of: dump) == manifest.dump.sha256 else {
            throw CommandFailure("\(dump) is damaged: its SHA-256 is not the one in the manifest")
        }
        let build = Migration.all.last?.number ?? 0
        guard manifest.schemaVersion <= build else {
            throw CommandFailure(
                "the backup is at migration \(manifest.schemaVersion), and this build knows \(build): restore it with a later build"
            )
        }
        let connection = try PostgresConnection(url, applicationName: "tidegate-restore")
        let contents = DatabaseContents(connection)
        let services = try DoctorQueries(connection).server().programs.filter(Migrate.isService)
        guard services.isEmpty else {
            throw CommandFailure("services use the database, stop them first: \(services.joined(separator: ", "))")
        }
        let filled = try contents.filledTables()
        guard filled.isEmpty || replaces else {
            throw CommandFailure(
                "the database holds rows (\(filled.prefix(3).joined(separator: ", "))\(filled.count > 3 ? ", …" : "")); --replace deletes them"
            )
        }
        try contents.clear()
        try restore(manifest, dump, connection)
        try contents.forgetServices()
        let migrations = try Migrator(connection).migrate()
        try contents.analyze()
        return Outcome(manifest: manifest, migrations: migrations)
    }

    private func restore(_ manifest: BackupManifest, _ dump: String, _ connection: PostgresConnection) throws {
        let names = manifest.tables.map(\.table)
        let bar = ProgressBar(total: 2 * names.count, label: "restore")
        defer { bar.finish() }
        try PostgresTool("pg_restore").run(
            [
                "--verbose", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", dump,
            ], database: url
        ) { said in
            let done = said.split(separator: "\n").count { $0.contains("processing data for table") }
            bar.update(done: min(done, names.count), note: "restoring")
        }
        var digests: [TableDigest] = []
        for table in names {
            digests += try TableDigest.digests(of: [table], in: connection)
            bar.update(done: names.count + digests.count, note: "comparing \(table)")
        }
        let different = manifest.differences(from: digests)
        guard different.isEmpty else {
            throw CommandFailure("restored, but not as it was backed up: \(different.joined(separator: ", "))")
        }
    }
}
