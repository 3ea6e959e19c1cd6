internal import ArgumentParser
internal import Bus
internal import Foundation
internal import Schema
internal import Store

extension Keys {
    /// Roles on the command line.
    struct RoleOptions: ParsableArguments {
        @Argument(help: "Services' names, or operator.") var roles: [String] = []
        @Flag(help: "All roles.") var all = false

        func validate() throws {
            guard all != roles.isEmpty else { return }
            throw ValidationError("name some roles, or give --all")
        }

        var names: [String] { all ? KeyFolder.roles : roles }
    }

    /// What is printed of each role.
    private struct Outcome: Encodable {
        let role: String
        let publicKey: String
    }

    private static func change(
        _ names: [String], _ folder: KeyFolder, json: Bool, _ change: (String) throws -> CurvePublicKey
    ) throws {
        var outcomes: [Outcome] = []
        try CommandFailure.explaining {
            for role in names { outcomes.append(Outcome(role: role, publicKey: try change(role).text)) }
        }
        if json { return try JSONOutput.print(["keys": outcomes]) }
        for outcome in outcomes { Terminal.print("\(outcome.role) \(outcome.publicKey)") }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the next pair for roles, and lets the old key count too until `keys retire`.",
            discussion: """
                Running services learn of it within a second. Each takes up its new pair when it is restarted; on other \
                machines copy the .pub and .retiring files everywhere first, then the .key.
                """)

        @OptionGroup var options: WorkspaceOptions
        @OptionGroup var roles: RoleOptions
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            let folder = KeyFolder(options.workspace.keyFolder)
            try Keys.change(roles.names, folder, json: json, folder.rotate)
            guard !json else { return }
            Terminal.note("then: tidegate restart each of them, and tidegate keys retire")
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends the old keys of roles whose services have taken up the new ones.",
            discussion: "Running services cut off whoever still uses them within a second.")

        @OptionGroup var options: WorkspaceOptions
        @OptionGroup var roles: RoleOptions
        @Flag(help: "Also where a service still runs with the old key, which it then cannot use any more.")
        var force = false
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            let folder = KeyFolder(options.workspace.keyFolder)
            let names = roles.all ? roles.names.filter { folder.rotationAge(of: $0) != nil } : roles.names
            if !force { try CommandFailure.explaining { try expectTakenUp(names, folder) } }
            try Keys.change(names, folder, json: json) { try folder.retire($0) }
        }

        /// Expects that no service of these roles has been running since before its rotation.
        private func expectTakenUp(_ names: [String], _ folder: KeyFolder) throws {
            guard let database = try options.workspace.runningDatabase() else { return }
            let connection = try database.connect()
            let now = try DoctorQueries(connection).clock()
            for status in try StatusStore(connection).all() where names.contains(status.name) {
                func seconds(since time: Int64) -> Double { Double(now.rawValue - time) / 1e9 }
                let isRunning = seconds(since: status.updatedAt.rawValue) < DeploymentStatus.longestSilence
                guard isRunning, let age = folder.rotationAge(of: status.name),
                    seconds(since: status.startedAt.rawValue) > age
                else { continue }
                throw CommandFailure(
                    "\(status.name) still runs with its old key: `tidegate restart \(status.name)` first, or --force")
            }
        }
    }

    struct Replace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a new pair for roles at once, where the old one is lost or in foreign hands.",
            discussion: """
                Nobody accepts the old key any more, so the service is cut off until it is restarted; it then catches up.
                """)

        @OptionGroup var options: WorkspaceOptions
        @OptionGroup var roles: RoleOptions
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            let folder = KeyFolder(options.workspace.keyFolder)
            try Keys.change(roles.names, folder, json: json, folder.replace)
        }
    }

    struct Allow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets in by roles exactly those that listen to them, and the operator.")

        @OptionGroup var options: WorkspaceOptions
        @OptionGroup var roles: RoleOptions
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            let folder = KeyFolder(options.workspace.keyFolder)
            try CommandFailure.explaining {
                for role in roles.names { try folder.resetAllowed(role) }
                try Keys.show(folder, json: json)
            }
        }
    }
}
