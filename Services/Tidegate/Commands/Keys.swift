internal import ArgumentParser
internal import Bus

/// Makes, replaces and lists the keys of the bus.
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes, rotates and lists the keys with which the services know one another.",
        discussion: "They lie in <folder>/keys; no command ever prints a secret.",
        subcommands: [
            Initialize.self, Rotate.self, Retire.self, Replace.self, Allow.self, List.self,
        ])

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

    static func show(_ folder: KeyFolder, json: Bool) throws {
        let entries = try folder.entries()
        if json { return try JSONOutput.print(Listing(folder: folder.ring.folder, roles: entries)) }
        var table = TextTable(columns: ["role", "public key", "secret", "retiring", "may be reached by"])
        for entry in entries {
            let allowed = entry.allowed.isEmpty ? "nobody" : entry.allowed.joined(separator: ", ")
            table.add([entry.role, entry.publicKey, entry.secret, entry.retiring ?? "-", allowed])
        }
        Terminal.print(table.text)
    }
}
