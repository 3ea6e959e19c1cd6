internal import ArgumentParser

/// What a deployment without a supervisor needs before its services can work.
struct Prepare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes ready what services need that nobody supervises, as under docker compose.",
        discussion: """
            Each step may be done again at any time: it makes what is missing, and changes nothing that is there. \
            `tidegate up` needs none of them.
            """,
        subcommands: [PrepareSecrets.self, PrepareDatabase.self, PrepareModels.self])
}
