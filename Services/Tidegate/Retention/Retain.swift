internal import ArgumentParser
internal import Foundation
internal import Schema
internal import ServiceKit
internal import Store

extension DataCommand {
    /// Deletes what is older than the settings say.
    struct Retain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes what is older than the settings retention.* say, once or again and again.",
            discussion: """
                A kind without a setting is kept for ever, and without any setting nothing is done. Beyond that it keeps \
                what `data prune` keeps: what a restart or a consumer could still ask for, orders, fills, models and \
                snapshots.

                Settings: \(RetentionPolicy.keys.map(\.name).joined(separator: ", ")), \
                each an age like 90d, in the settings file or as TIDEGATE_RETENTION_METRICS and so on.
                """)

        @OptionGroup var options: WorkspaceOptions
        @Option(help: "A YAML file with the settings; TIDEGATE_SETTINGS names one too.") var settings: String?
        @Option(help: "Go on, and do it again after so long: 1h.", transform: PruneAge.init) var every: PruneAge?
        @Flag(help: "Print a JSON object for each round.") var json = false

        func run() async throws {
            let policy = try await RetentionPolicy.read(settings: settings)
            guard !policy.rules.isEmpty else {
                throw SettingError(
                    "nothing has a retention: set one of \(RetentionPolicy.keys.map(\.name).joined(separator: ", "))")
            }
            let interruption = try every.map { _ in try Interruption() }
            repeat {
                // Connected for each round, so that hours of silence harm nobody.
                let connection = try options.workspace.requiredDatabase().connect()
                let round = try CommandFailure.explaining { try RetentionRound(policy, connection) }
                if json { try JSONOutput.print(round) } else { Terminal.print(round.text) }
                try await pause(interruption)
            } while interruption.map { !$0.stop.isRaised } ?? false
        }

        private func pause(_ interruption: Interruption?) async throws {
            guard let interruption, let every else { return }
            let end = WallClock.monotonic + Int64(min(every.seconds, 9e8) * 1e9)
            while WallClock.monotonic < end, !interruption.stop.isRaised {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}
