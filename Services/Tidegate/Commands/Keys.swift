internal import ArgumentParser
internal import Bus

/// Makes, replaces and lists the keys of the bus.
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes, replaces and lists the keys with which the services know one another.",
        discussion: "They lie in <folder>/keys; no command ever prints a secret.",
        subcommands: [Initialize.self, Rotate.self, List.self])

    struct Initialize: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "Makes a pair for every service and the operator.")

        @OptionGroup var options: WorkspaceOptions
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            let folder = KeyFolder(options.workspace.keyFolder)
            try CommandFailure.explaining {
                try folder.initialize()
                try Keys.show(folder, json: json)
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a new pair for one role.",
            discussion: "Restart the service, and all that talk to it, afterwards.")

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "A service's name, or operator.") var role: String
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            let folder = KeyFolder(options.workspace.keyFolder)
            let key = try CommandFailure.explaining { try folder.rotate(role) }
            if json {
                try JSONOutput.print(["role": role, "public_key": key.text])
            } else {
                Terminal.print("\(role) \(key)")
                Terminal.note("restart \(role), and all that talk to it, so that they use the new key")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the roles, their public keys and who may connect to them.")

        @OptionGroup var options: WorkspaceOptions
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            try CommandFailure.explaining { try Keys.show(KeyFolder(options.workspace.keyFolder), json: json) }
        }
    }

    private struct Listing: Encodable {
        let folder: String
        let roles: [KeyFolder.Entry]
    }

    private static func show(_ folder: KeyFolder, json: Bool) throws {
        let entries = try folder.entries()
        if json { return try JSONOutput.print(Listing(folder: folder.ring.folder, roles: entries)) }
        var table = TextTable(columns: ["role", "public key", "secret", "may be reached by"])
        for entry in entries {
            let allowed = entry.allowed.isEmpty ? "nobody" : entry.allowed.joined(separator: ", ")
            table.add([entry.role, entry.publicKey, entry.secret, allowed])
        }
        Terminal.print(table.text)
    }
}
