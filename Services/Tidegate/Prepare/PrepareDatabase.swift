internal import ArgumentParser
internal import Store

/// Brings a database to what the services need: its schema, its users and their rights.
struct PrepareDatabase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database",
        abstract: "Brings the schema up to date, and gives each service a user that can do only what the service does.",
        discussion: """
            It needs the rights of the tables' owner, and finds the database in TIDEGATE_DATABASE_URL. What a user may do \
            stands in ops/roles/roles.sql.
            """)

    @Option(help: "Folder with a password for each service, as `prepare secrets` lays it out.") var passwords: String?
    @Flag(help: "Print one JSON object.") var json = false

    private struct Outcome: Encodable {
        let migrations: [Int]
        let users: [String]
    }

    func run() async throws {
        try CommandFailure.explaining {
            guard let url = Workspace.environmentDatabase else {
                throw CommandFailure("set TIDEGATE_DATABASE_URL to the database, as its owner reaches it")
            }
            let connection = try PostgresConnection(url, applicationName: "tidegate-prepare")
            let applied = try Migrator(connection).migrate()
            let roles = DatabaseRoles(connection)
            try roles.apply()
            if let passwords {
                for user in SecretVault.restrictedUsers {
                    try roles.setPassword(SecretFile.read("\(passwords)/\(user)"), of: user)
                }
            }
            let users = SecretVault.restrictedUsers.map { DatabaseRoles.name(of: $0) }
            if json { return try JSONOutput.print(Outcome(migrations: applied, users: users)) }
            Terminal.print("schema: \(applied.isEmpty ? "up to date" : "applied \(applied.count) migrations")")
            Terminal.print("users: \(users.joined(separator: ", "))")
        }
    }
}
