internal import ArgumentParser
internal import Foundation
internal import Schema
internal import Store

/// The promise across a lost site: what a restored backup goes on to is what the undisturbed backtest comes to.
struct VerifyRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Backs up running services, loses them, restores elsewhere, goes on, and compares the tables.",
        discussion: """
            A backup is made in the middle of the feed while the services work; later they and their database are given up. \
            The backup is restored into an empty cluster of its own, services go on there to the end of the feed, and every \
            table is compared with the one-process backtest's. Exit status 1 when anything differs.
            """)

    @OptionGroup var options: WorkspaceOptions
    @OptionGroup var window: VerificationOptions
    @Flag(help: "Print one JSON object.") var json = false

    struct Report: Encodable {
        let identical: Bool
        let batches: Int
        /// Where the feed ended in the backup, and its rows.
        let backupPosition: UInt64
        let backupRows: Int64
        let rows: [String: Int64]
        let differences: [TableComparison.Difference]
    }

    func run() async throws {
        let input = try window.input()
        let here = try options.workspace.cluster()
        let reference = try fresh("verify_backtest", here)
        let bar = ProgressBar(total: nil, label: "backtest")
        let batches = try VerificationRun(input: input, databaseURL: reference).backtest { bar.update(done: $0) }
        bar.finish()

        let backup = options.workspace.folder + "/verify-restore/backup"
        try? FileManager.default.removeItem(atPath: backup)
        let site = try fresh("verify_site", here)
        _ = try await services(
            "site", VerificationRun(input: input, databaseURL: site), batches,
            drills: [BackupDrill(url: site, folder: backup)], leaving: batches * 2 / 3)
        try here.dropDatabase("verify_site")

        let elsewhere = try Workspace(options.workspace.folder + "/verify-restore/elsewhere").cluster()
        defer { try? elsewhere.stop() }
        let url = try fresh("verify_restored", elsewhere, isMigrated: false)
        let restored = try CommandFailure.explaining {
            try DatabaseRestore(folder: backup, url: url, replaces: false).run()
        }
        _ = try await services("restored", VerificationRun(input: input, databaseURL: url), batches)
        try report(restored.manifest, batches, reference, url)
    }

    private func fresh(_ name: String, _ cluster: PrivateCluster, isMigrated: Bool = true) throws -> String {
        try cluster.dropDatabase(name)
        try cluster.createDatabase(name)
        let url = cluster.connectionString(database: name)
        if isMigrated { try Workspace.migrate(url) }
        return url
    }

    private func services(
        _ name: String, _ run: VerificationRun, _ batches: Int, drills: [any Drill] = [], leaving: Int? = nil
    ) async throws {
        let bar = ProgressBar(total: batches, label: name)
        defer { bar.finish() }
        let workspace = Workspace(options.workspace.folder + "/verify-restore/\(name)")
        try? FileManager.default.removeItem(atPath: workspace.logFolder)
        _ = try await run.services(batches: batches, drills: drills, leaving: leaving, workspace: workspace) {
            done, _ in
            bar.update(done: done)
        }
    }

    private func report(_ manifest: BackupManifest, _ batches: Int, _ reference: String, _ url: String) throws {
        let (left, right) = (try PostgresConnection(reference), try PostgresConnection(url))
        let comparison = try TableComparison(reference: left, right)
        let differences = comparison.differences
        let report = Report(
            identical: differences.isEmpty, batches: batches, backupPosition: manifest.feed?.position ?? 0,
            backupRows: manifest.rows, rows: comparison.rows, differences: differences)
        if json {
            try JSONOutput.print(report)
        } else {
            var table = TextTable(columns: ["table", "rows", "differences"])
            for name in TableComparison.tables {
                table.add([name, "\(report.rows[name] ?? 0)", "\(differences.count { $0.table == name })"])
            }
            Terminal.print(table.text)
            let feed = manifest.feed.map { "up to \($0.reached)" } ?? "without a feed"
            Terminal.print("\(batches) batches; restored from \(manifest.rows) rows \(feed)")
            Terminal.print(report.identical ? "identical" : "NOT identical")
        }
        if !report.identical { throw ExitCode(1) }
    }
}
