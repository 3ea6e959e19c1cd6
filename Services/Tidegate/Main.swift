internal import ArgumentParser
internal import ServiceKit

/// The operator's command line.
@main
struct Tidegate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tidegate",
        abstract: "Runs and inspects a Tidegate pipeline.",
        discussion: """
            Exit status: 0 when all is well, 1 when a check failed or something went wrong, 64 for a mistake on the command \
            line. With --json every command prints one JSON object, or one a line.
            """,
        version: Build.version,
        subcommands: [
            Up.self, Down.self, Restart.self, Status.self, Doctor.self, Trace.self, Backtest.self, Verify.self,
            Train.self, Models.self, Risk.self, Record.self, Replay.self, Keys.self, Prepare.self, Migrate.self,
            Backup.self, Restore.self, DataCommand.self, FeaturesCommand.self,
        ])
}
