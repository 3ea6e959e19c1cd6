internal import ArgumentParser

/// What is stored, and what goes in and out.
struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Imports, lists, checks, exports and thins market data.",
        subcommands: [Import.self, List.self, Check.self, Export.self, Prune.self, Retain.self])
}
