internal import ArgumentParser
internal import Foundation
internal import ServiceKit

/// Shows how the services and the feed are.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows how the services and the feed are.",
        discussion:
            "A deployment that does not run is not started for it. `lag` counts feed positions behind the ingestor.")

    @OptionGroup var options: WorkspaceOptions

    @Flag(help: "Print one JSON object; with --watch, one a line.")
    var json = false

    @Flag(help: "Show it again every second, until interrupted.")
    var watch = false

    func run() async throws {
        let interruption = try watch ? Interruption() : nil
        while true {
            let status = try CommandFailure.explaining { try read() }
            if json {
                try JSONOutput.print(status)
            } else {
                if watch, Terminal.isOutputInteractive { Terminal.clear() }
                Terminal.print(status.text)
            }
            guard let interruption else { return }
            for _ in 0..<20 {
                guard !interruption.stop.isRaised else { return }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func read() throws -> DeploymentStatus {
        guard let database = try options.workspace.runningDatabase() else { return .notRunning }
        return try DeploymentStatus.read(database, now: WallClock.now)
    }
}
