import ArgumentParser
import Foundation
import FuzzTargets

/// Gives every reader of outside bytes damaged inputs: it must refuse them by a typed error, at once.
@main
struct Fuzz: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads damaged inputs until something crashes, or hangs, or all is done.")

    @Option(help: "How many inputs each target reads.")
    var inputs = 1_000_000

    @Option(help: "The number of the first input, to have a later one again.")
    var first = 0

    @Option(help: "Where chance begins; the same seed gives the same inputs.")
    var seed: UInt64 = 1

    @Option(help: "Only targets whose names contain this.")
    var only = ""

    /// An input that takes longer counts as a hang.
    private static let limit = Duration.seconds(1)

    func run() async throws {
        let targets = try (FuzzTarget.feeds() + FuzzTarget.marketData()).filter {
            only.isEmpty || $0.name.contains(only)
        }
        guard !targets.isEmpty else { throw ValidationError("no target's name contains \(only)") }
        for target in targets {
            let report = await target.run(inputs: inputs, first: first, seed: seed, clock: ContinuousClock()) {
                number in
                // A crash leaves the last number behind, from which `--first` goes on.
                say("\r\(target.name): \(number) ", to: .standardError)
            }
            say("\r", to: .standardError)
            say("\(report)\n", to: .standardOutput)
            guard report.slowest < Self.limit else { throw ExitCode.failure }
        }
    }

    private func say(_ text: String, to file: FileHandle) { file.write(Data(text.utf8)) }
}
