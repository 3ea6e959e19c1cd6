internal import ArgumentParser

/// The checks that the project's promises rest on.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks the pipeline's promises.",
        subcommands: [VerifyEquivalence.self, VerifyTables.self, VerifyRestore.self, VerifySimulation.self])
}
