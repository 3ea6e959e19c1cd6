internal import ArgumentParser
internal import Schema
internal import Store

extension DataCommand {
    /// Deletes old history.
    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes old history that no restart needs; by default it only says what would go.",
            discussion: """
                Orders, fills, models and snapshots never go, nor anything that a service could still ask for. Age is by the \
                feed's own time, so that a replay of old data is as old as it looks. Services go on meanwhile.
                """)

        @OptionGroup var options: WorkspaceOptions
        @Option(help: "How old, as 90d, 12h or 30m before the feed's end.", transform: PruneAge.init)
        var olderThan: PruneAge
        @Option(
            help:
                "Of metrics, accounts, predictions, decisions, anomalies, statuses, feed, candles, comma separated; by default all but the last two.",
            transform: parseSubjects)
        var tables = PrunePlan.standard
        @Flag(help: "Delete it.") var apply = false
        @Flag(help: "Print one JSON object.") var json = false

        private static func parseSubjects(_ text: String) throws -> [Retention.Subject] {
            try text.split(separator: ",").map { name in
                guard let subject = Retention.Subject(rawValue: name.filter { !$0.isWhitespace }) else {
                    let all = Retention.Subject.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--tables are of \(all), not \"\(name)\"")
                }
                return subject
            }
        }

        private struct Outcome: Encodable {
            let applied: Bool
            let cutoff: String
            let parts: [PrunePlan.Part]
            let losses: [String]
            /// Rows deleted.
            let deleted: Int
        }

        func run() async throws {
            let connection = try options.workspace.requiredDatabase().connect()
            let outcome = try CommandFailure.explaining { try run(connection) }
            if json { return try JSONOutput.print(outcome) }
            var table = TextTable(columns: ["what", "table", "rows", "of", "on disk"])
            for part in outcome.parts {
                table.add([part.what, part.table, "\(part.rows)", "\(part.total)", Figures.bytes(part.bytes)])
            }
            Terminal.print(table.text)
            for loss in outcome.losses { Terminal.print(loss) }
            Terminal.print(
                apply
                    ? "deleted \(outcome.deleted) rows from before \(outcome.cutoff)"
                    : "would delete what is from before \(outcome.cutoff); --apply does it")
        }

        private func run(_ connection: PostgresConnection) throws -> Outcome {
            let plan = try PrunePlan(tables, olderThan: olderThan.seconds, connection)
            var deleted = 0
            if apply {
                let bar = ProgressBar(total: Int(plan.rows), label: "prune")
                defer { bar.finish() }
                deleted = try plan.apply(connection) { bar.update(done: $0) }
            }
            return Outcome(
                applied: apply, cutoff: plan.cutoff.description, parts: plan.parts,
                losses: plan.rows > 0 ? plan.losses : [], deleted: deleted)
        }
    }
}

/// A length of time as people write it.
struct PruneAge: Sendable, Equatable {
    let seconds: Double

    init(_ text: String) throws {
        let units = ["d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0]
        guard let unit = text.last.flatMap({ units[String($0)] }), let count = Double(text.dropLast()), count > 0,
            count.isFinite
        else { throw ValidationError("--older-than is a length of time like 90d, 12h or 30m, not \"\(text)\"") }
        seconds = count * unit
    }
}
