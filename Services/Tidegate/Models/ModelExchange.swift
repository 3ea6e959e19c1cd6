internal import ArgumentParser
internal import Store

extension Models {
    /// Writes a version to a folder.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a version to a folder, for another deployment or another program.",
            discussion: """
                The weights are safetensors with PyTorch's names, or XGBoost's own JSON; manifest.json says what they were \
                trained on, with which settings, and how they did. Nothing in it is executable.
                """)
        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "A version's id, or an alias.") var id: String
        @Argument(help: "The folder; it is made.") var folder: String
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            try CommandFailure.explaining {
                let registry = ModelRegistry(try options.workspace.requiredDatabase().connect())
                guard let version = try registry.version(registry.aliases()[id]?.version ?? id) else {
                    throw CommandFailure("there is no model \(id)")
                }
                try ModelFolder(path: folder).write(version)
                if json { return try JSONOutput.print(["id": version.id, "folder": folder]) }
                Terminal.print("\(version.id) is in \(folder)")
            }
        }
    }

    /// Takes a version from a folder.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a version from a folder that `models export` wrote.",
            discussion: "It gets no alias: `models promote` lets it predict. Taking it again changes nothing.")
        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The folder.") var folder: String
        @Flag(help: "Print one JSON object.") var json = false

        private struct Outcome: Encodable {
            let id: String
            let isNew: Bool
        }

        func run() async throws {
            try CommandFailure.explaining {
                let version = try ModelFolder(path: folder).read()
                let connection = try options.workspace.requiredDatabase().connect()
                let isNew = try ModelRegistry(connection).register(version)
                if json { return try JSONOutput.print(Outcome(id: version.id, isNew: isNew)) }
                Terminal.print(isNew ? "\(version.id) is registered" : "\(version.id) was registered before")
            }
        }
    }
}
