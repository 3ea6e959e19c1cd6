internal import ArgumentParser

/// What is stored.
struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Thins what is stored.",
        subcommands: [Prune.self, Retain.self])
}
