internal import ArgumentParser

/// Everything about features.
struct FeaturesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features", abstract: "Lists features, and writes them for a file of candles.",
        subcommands: [ListFeatures.self, ComputeFeatures.self], defaultSubcommand: ListFeatures.self)
}
