internal import ArgumentParser
internal import Foundation
internal import Schema
internal import ServiceKit
internal import Store

/// Compares what a running pipeline has stored with a backtest of the same feed and models.
struct VerifyTables: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tables",
        abstract: "Compares a running pipeline's tables with a backtest of the same feed and models.",
        discussion: """
            Waits until everything of the feed, which must have an end, is stored; then runs the same candle files with the \
            same models in one process, into a database of its own beside the pipeline's, and compares every table row by \
            row, apart from the columns that hold when a row was written. The settings of risk and paper venue must be the \
            defaults. It needs the rights of the tables' owner. Exit status 1 when anything differs.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Option(help: "Folder of the recorded candles that the ingestor reads.") var data: String
    @Option(help: "Seconds to wait for the end of the feed.") var patience = 600.0
    @Flag(help: "Print one JSON object.") var json = false

    private static let database = "tidegate_reference"

    struct Report: Encodable {
        let identical: Bool
        let batches: Int
        let rows: [String: Int64]
        let differences: [TableComparison.Difference]
        let seconds: Double
    }

    func run() async throws {
        let interruption = try Interruption()
        let report = try await CommandFailure.explaining { try await compare(interruption) }
        if json { try JSONOutput.print(report) } else { show(report) }
        if !report.identical { throw ExitCode(1) }
    }

    private func compare(_ interruption: Interruption) async throws -> Report {
        let database = try options.workspace.requiredDatabase()
        let connection = try database.connect()
        let status = try await waitForEnd(connection, interruption)
        let begin = WallClock.monotonic
        let market = try TrainingMarket.resolve(
            instruments: nil, timeframe: nil, higher: nil, stored: .init(connection))
        let drop = "DROP DATABASE IF EXISTS \(Self.database) WITH (FORCE)"
        try connection.runScript(drop)
        try connection.runScript("CREATE DATABASE \(Self.database)")
        defer { try? connection.runScript(drop) }
        let reference = try PostgresConnection(
            PostgresConnection.connectionString(database.url, database: Self.database))
        try Migrator(reference).migrate()
        let stored = StoredRun(
            connection: connection, market: market, folder: data, from: status.from, to: status.to)
        let bar = ProgressBar(total: Int(clamping: status.batches), label: "backtest")
        let batches = try stored.again(into: reference) { bar.update(done: $0) }
        bar.finish()
        let comparison = try TableComparison(reference: reference, connection)
        return Report(
            identical: comparison.differences.isEmpty, batches: batches, rows: comparison.rows,
            differences: comparison.differences, seconds: Double(WallClock.monotonic - begin) / 1e9)
    }

    /// Waits until the feed has ended and every stage has stored what it made of it.
    private func waitForEnd(_ connection: PostgresConnection, _ interruption: Interruption) async throws -> FeedStatus {
        let begin = WallClock.monotonic
        while true {
            let recorded = try PipelineProgress(connection).batchesRecorded()
            if let status = try FeedStatusStore(connection).status(), status.isFinished, recorded >= Int(status.batches)
            {
                guard status.source == "file" else {
                    throw CommandFailure("the feed comes from \(status.source); only one from files can be run again")
                }
                return status
            }
            if interruption.stop.isRaised { throw CommandFailure("interrupted") }
            guard Double(WallClock.monotonic - begin) / 1e9 < patience else {
                throw CommandFailure(
                    "the feed has not ended within \(Figures.duration(patience)): \(recorded) batches so far")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func show(_ report: Report) {
        var table = TextTable(columns: ["table", "rows", "differences"])
        for name in TableComparison.tables {
            table.add([name, "\(report.rows[name] ?? 0)", "\(report.differences.count { $0.table == name })"])
        }
        Terminal.print(table.text)
        for difference in report.differences.prefix(40) {
            let columns = difference.columns.joined(separator: ", ")
            Terminal.print("\(difference.table) \(difference.key) differs in \(columns)")
        }
        Terminal.print("\(report.batches) batches in \(Figures.duration(report.seconds))")
        Terminal.print(report.identical ? "identical" : "NOT identical")
    }
}
