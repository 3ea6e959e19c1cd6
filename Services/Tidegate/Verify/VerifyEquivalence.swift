internal import ArgumentParser
internal import Foundation
internal import Market
internal import Pipeline
internal import Schema
internal import Store

/// The project's promise, checked: one feed, three ways to run it, the same tables.
struct VerifyEquivalence: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "equivalence",
        abstract: "Compares a backtest, the services, and the services under SIGKILL, table by table.",
        discussion: """
            Runs the window three times, each in a fresh database: as a one-process backtest, through the eight services, \
            and through the services while they are killed at seeded random moments. Then every table is compared row by \
            row, apart from the columns that hold when a row was written. Exit status 1 when anything differs.
            """)

    @OptionGroup var options: WorkspaceOptions
    @OptionGroup var keys: KeyOptions
    @OptionGroup var window: VerificationOptions
    @Option(help: "How many times a service is killed.") var kills = 100
    @Option(help: "Seconds for which the database goes away in the middle of the last run.") var outage = 0.0
    @Flag(help: "Rotate the keys of every role in the middle of the last run; needs --secure.") var rotateKeys = false
    @Option(help: "Restart every service from the programs of this folder in the middle of the last run.")
    var upgradeTo: String?
    @Flag(
        help: "Prune the stored feed again and again in the last run; then that table is not compared.")
    var prune = false
    @Option(
        parsing: .singleValue,
        help: """
            Divide services in the last run, as feature-builder=2,inference-server=2. Given several times, the services are \
            abandoned as by a power cut and divided anew, each division for its part of the feed.
            """)
    var shards: [Fleet] = []
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if rotateKeys, !keys.secure { throw ValidationError("--rotate-keys needs --secure") }
        guard shards.count > 1 else { return }
        if outage > 0 || rotateKeys || upgradeTo != nil || prune {
            throw ValidationError("with several --shards there are kills alone")
        }
    }

    func run() async throws {
        let start = Date()
        let keyFolder = try keys.folder(in: options.workspace)
        let input = try window.input()
        note("trained \(input.champion.id) and \(input.shadow.id) on \(window.history) bars before \(window.from)")
        let cluster = try options.workspace.cluster()
        func fresh(_ name: String) throws -> String {
            try cluster.dropDatabase(name)
            try cluster.createDatabase(name)
            let url = cluster.connectionString(database: name)
            try Workspace.migrate(url)
            return url
        }
        let bar = ProgressBar(total: nil, label: "backtest")
        let backtest = VerificationRun(input: input, databaseURL: try fresh("verify_backtest"))
        let batches = try backtest.backtest { bar.update(done: $0) }
        bar.finish()

        var seconds: [String: Double] = ["backtest": Date().timeIntervalSince(start)]
        var killed: [String: Int] = [:]
        for name in ["services", "kills"] {
            let begin = Date()
            let isLast = name == "kills"
            var run = VerificationRun(input: input, databaseURL: try fresh("verify_\(name)"), keys: keyFolder)
            let bar = ProgressBar(total: batches, label: name)
            let workspace = Workspace(options.workspace.folder + "/verify-\(name)")
            try? FileManager.default.removeItem(atPath: workspace.logFolder)
            let fleets = isLast && !shards.isEmpty ? shards : [.undivided]
            for (part, fleet) in fleets.enumerated() {
                run.fleet = fleet
                let batchesOfPart = batches * part / fleets.count..<batches * (part + 1) / fleets.count
                let plan = KillPlan(
                    kills: isLast ? kills * (part + 1) / fleets.count - kills * part / fleets.count : 0,
                    batches: batchesOfPart, fleet: fleet, seed: window.seed &+ UInt64(part))
                let count = try await run.services(
                    batches: batches, plan: plan,
                    outage: outage > 0 && isLast ? DatabaseOutage(cluster: cluster, seconds: outage) : nil,
                    drills: isLast ? try drills(keyFolder, run.databaseURL) : [],
                    leaving: part + 1 < fleets.count ? batchesOfPart.upperBound : nil, workspace: workspace
                ) { done, kills in
                    bar.update(done: done, note: plan.kills.isEmpty ? nil : "\(kills) kills")
                }
                killed.merge(count) { $0 + $1 }
            }
            bar.finish()
            seconds[name] = Date().timeIntervalSince(begin)
        }
        let report = try compare(cluster, batches, killed, seconds)
        try print(report)
        if !report.identical { throw ExitCode(1) }
    }

    private func note(_ text: String) {
        if !json { Terminal.note(text) }
    }

    // MARK: Comparison

    struct Difference: Encodable {
        let run: String
        let table: String
        let key: String
        let columns: [String]
    }

    struct Report: Encodable {
        let identical: Bool
        let kills: Int
        let killsByService: [String: Int]
        let batches: Int
        let rows: [String: Int64]
        let differences: [Difference]
        let seconds: [String: Double]

        enum CodingKeys: String, CodingKey {
            case identical, kills, batches, rows, differences, seconds
            case killsByService = "kills_by_service"
        }
    }

    private func compare(
        _ cluster: PrivateCluster, _ batches: Int, _ killed: [String: Int], _ seconds: [String: Double]
    ) throws -> Report {
        let reference = try PostgresConnection(cluster.connectionString(database: "verify_backtest"))
        var differences: [Difference] = []
        var rows: [String: Int64] = [:]
        for name in ["services", "kills"] {
            let connection = try PostgresConnection(cluster.connectionString(database: "verify_\(name)"))
            let left =
                prune && name == "kills" ? TableComparison.tables.filter { $0 != "feed_log" } : TableComparison.tables
            let comparison = try TableComparison(reference: reference, connection, tables: left)
            if name == "services" { rows = comparison.rows }
            for row in comparison.differences {
                differences.append(Difference(run: name, table: row.table, key: row.key, columns: row.columns))
            }
        }
        return Report(
            identical: differences.isEmpty, kills: killed.values.reduce(0, +), killsByService: killed, batches: batches,
            rows: rows, differences: differences, seconds: seconds)
    }

    private func drills(_ keyFolder: String?, _ url: String) throws -> [any Drill] {
        var drills: [any Drill] = []
        if rotateKeys, let keyFolder { drills.append(KeyRotationDrill(folder: KeyFolder(keyFolder))) }
        if let upgradeTo { drills.append(try UpgradeDrill(programs: upgradeTo)) }
        if prune { drills.append(PruneDrill(url: url)) }
        return drills
    }

    private func print(_ report: Report) throws {
        if json { return try JSONOutput.print(report) }
        var table = TextTable(columns: ["table", "rows", "differences"])
        for name in TableComparison.tables {
            let count = report.differences.count { $0.table == name }
            table.add([name, "\(report.rows[name] ?? 0)", "\(count)"])
        }
        Terminal.print(table.text)
        for difference in report.differences.prefix(40) {
            Terminal.print(
                "\(difference.run): \(difference.table) \(difference.key) differs in \(difference.columns.joined(separator: ", "))"
            )
        }
        let kills = report.killsByService.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        Terminal.print("kills: \(report.kills) (\(kills.joined(separator: ", ")))")
        let times = report.seconds.sorted { $0.key < $1.key }.map { "\($0.key) \(Figures.duration($0.value))" }
        Terminal.print("\(report.batches) batches; \(times.joined(separator: ", "))")
        Terminal.print(report.identical ? "identical" : "NOT identical")
    }
}
