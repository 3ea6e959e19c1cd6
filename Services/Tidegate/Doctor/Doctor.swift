internal import ArgumentParser
internal import Foundation
internal import ServiceKit

/// Looks for what is wrong with a deployment, or about to be.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks for what is wrong with a deployment, and says what to type against it.",
        discussion: """
            Nothing is started or changed. Exit status 0 when nothing was found, 1 with findings, each with its remedy. \
            What does not run cannot be asked: a deployment that was stopped in order has less that can be found.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Option(help: "The dashboard's port.") var port = 8080
    @Option(help: "Free space, in megabytes, below which a disk is a finding.") var minFree = 1024
    @Option(help: "Seconds by which clocks may differ.") var maxSkew = 1.0
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard minFree >= 0, maxSkew > 0 else { throw ValidationError("--min-free and --max-skew are above zero") }
    }

    func run() async throws {
        var limits = DoctorLimits()
        limits.freeBytes = Int64(minFree) * 1_000_000
        limits.clockSkew = maxSkew
        let facts = DoctorFacts.gather(options.workspace, port: port)
        let diagnosis = Diagnosis(facts, limits)
        if json {
            try JSONOutput.print(diagnosis)
        } else {
            if !diagnosis.running { Terminal.note("nothing runs in \(diagnosis.folder), so less can be checked") }
            Terminal.print(diagnosis.text)
        }
        if !diagnosis.ok { throw ExitCode(1) }
    }
}
