internal import ArgumentParser
internal import Foundation
internal import ServiceKit
internal import Store

/// Makes a backup: the dump and the digests are of one moment, whatever the services write meanwhile.
struct DatabaseBackup {
    let url: String
    /// Must not be there yet.
    let folder: String

    func make() throws -> BackupManifest {
        let files = FileManager.default
        guard !files.fileExists(atPath: folder) else { throw CommandFailure("\(folder) is there already") }
        let unfinished = "\(folder).unfinished"
        try? files.removeItem(atPath: unfinished)
        try files.createDirectory(
            atPath: unfinished, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        do {
            let manifest = try write(to: unfinished)
            try files.moveItem(atPath: unfinished, toPath: folder)
            return manifest
        } catch {
            try? files.removeItem(atPath: unfinished)
            throw error
        }
    }

    private func write(to folder: String) throws -> BackupManifest {
        let connection = try PostgresConnection(url, applicationName: "tidegate-backup")
        return try DatabaseMoment.hold(connection) { moment in
            guard moment.schemaVersion > 0 else {
                throw CommandFailure("there is nothing to back up: no tables of ours")
            }
            let bar = ProgressBar(total: 2 * moment.tables.count, label: "backup")
            defer { bar.finish() }
            let dump = "\(folder)/\(BackupManifest.dumpName)"
            try PostgresTool("pg_dump").run(
                [
                    "--format=custom", "--verbose", "--no-owner", "--no-privileges", "--snapshot=\(moment.snapshot)",
                    "--file=\(dump)",
                ], database: url
            ) { said in
                let done = said.split(separator: "\n").count { $0.contains("dumping contents of table") }
                bar.update(done: min(done, moment.tables.count), note: "dumping")
            }
            var digests: [TableDigest] = []
            for table in moment.tables {
                digests += try TableDigest.digests(of: [table], in: connection)
                bar.update(done: moment.tables.count + digests.count, note: table)
            }
            let size = try FileManager.default.attributesOfItem(atPath: dump)[.size] as? Int64
            let manifest = BackupManifest(
                createdAt: WallClock.now, tidegate: Tidegate.configuration.version, moment: moment, digests: digests,
                dump: .init(
                    file: BackupManifest.dumpName, bytes: size ?? 0, sha256: try FileDigest.sha256(of: dump)))
            try manifest.write(to: folder)
            return manifest
        }
    }
}
