internal import ArgumentParser
internal import Schema
internal import Store

/// Brings the database to the form that this build needs.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the database to the form that this build needs, while the services go on.",
        discussion: """
            Migrations add, so that services of the build before go on beside it and are then restarted one at a time. One \
            that does not says so, and is refused while services run.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Flag(help: "Only say what would be done.") var dryRun = false
    @Flag(help: "Apply a breaking migration although services run; those of older builds end.") var force = false
    @Flag(help: "Print one JSON object.") var json = false

    private struct Outcome: Encodable {
        struct Step: Encodable {
            let number: Int
            let name: String
            /// Why services of older builds must end; `nil` when they go on.
            @Nullable var breaking: String?
        }
        /// Before, and after.
        let from: Int
        let to: Int
        let applied: Bool
        let migrations: [Step]
    }

    func run() async throws {
        let url = try options.workspace.runningDatabase()?.url ?? ownDatabase()
        let outcome = try CommandFailure.explaining { try migrate(PostgresConnection(url)) }
        if json { return try JSONOutput.print(outcome) }
        for step in outcome.migrations {
            Terminal.print("\(step.number) \(step.name)" + (step.breaking.map { " (breaking: \($0))" } ?? ""))
        }
        Terminal.print(
            outcome.migrations.isEmpty
                ? "nothing to do: the database is at migration \(outcome.to)"
                : "\(outcome.applied ? "from" : "would go from") migration \(outcome.from) to \(outcome.to)")
    }

    /// The private cluster's database, made where there is none.
    private func ownDatabase() throws -> String {
        let cluster = try options.workspace.cluster()
        try cluster.createDatabase("tidegate")
        return cluster.connectionString(database: "tidegate")
    }

    private func migrate(_ connection: PostgresConnection) throws -> Outcome {
        let compatibility = SchemaCompatibility(connection)
        let (from, missing) = (try compatibility.version(), try compatibility.missing())
        if !dryRun, !force, let breaking = missing.first(where: { $0.breaking != nil }) {
            let programs = try DoctorQueries(connection).server().programs.filter(Self.isService)
            guard programs.isEmpty else {
                throw CommandFailure(
                    "migration \(breaking.number) ends what older builds do, and these run: \(programs.joined(separator: ", ")); stop them first, or --force"
                )
            }
        }
        if !dryRun {
            try Migrator(connection).migrate()
            // What is new is nobody's yet.
            let roles = DatabaseRoles(connection)
            if try roles.areInUse() { try roles.apply() }
        }
        return Outcome(
            from: from, to: missing.last?.number ?? from, applied: !dryRun && !missing.isEmpty,
            migrations: missing.map { .init(number: $0.number, name: $0.name, breaking: $0.breaking) })
    }

    /// Whether a connection's name is a service's, as `risk-gate` or `trainer-pulse`.
    static func isService(_ program: String) -> Bool {
        KeyFolder.roles.contains { $0 != KeyFolder.operatorRole && program.hasPrefix($0) } || program == "dashboard"
    }
}
