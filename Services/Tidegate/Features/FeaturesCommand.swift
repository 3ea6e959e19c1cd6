internal import ArgumentParser

/// Everything about features.
struct FeaturesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features", abstract: "Lists the features that there are.",
        subcommands: [ListFeatures.self, ComputeFeatures.self], defaultSubcommand: ListFeatures.self)
}
