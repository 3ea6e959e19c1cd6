internal import ArgumentParser
internal import Foundation
internal import ServiceKit
internal import Simulation

/// Runs the recovery protocol under simulated loss, crashes and outages.
struct VerifySimulation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulation",
        abstract: "Runs the recovery protocol under simulated loss, crashes and outages.",
        discussion: """
            Every service must store exactly what it stores in an undisturbed run. Exit status 1 means that a seed failed, \
            or, with --fault, that no seed found the planted mistake.
            """)

    @Option(help: "How many seeds.") var seeds: UInt64 = 1000
    @Option(help: "The first seed.") var from: UInt64 = 0
    @Option(help: "Run this one seed again.") var seed: UInt64?
    @Option(help: "Batches of each seed's feed; a seed is the same run only with the same number.") var batches = 24
    @Option(
        help: "Plant a mistake, which must be found: \(PlantedFault.allCases.map(\.rawValue).joined(separator: ", ")).",
        transform: parseFault)
    var fault: PlantedFault?
    @Flag(help: "Print one JSON object.") var json = false

    private static func parseFault(_ text: String) throws -> PlantedFault {
        guard let fault = PlantedFault(rawValue: text) else { throw ValidationError("there is no fault \(text)") }
        return fault
    }

    func validate() throws {
        guard seeds > 0, batches > 0 else { throw ValidationError("--seeds and --batches are above zero") }
        guard from.addingReportingOverflow(seeds).overflow == false, seed != .max else {
            throw ValidationError("the last seed is too large")
        }
    }

    private struct Outcome: Encodable {
        let passed: Bool
        @Nullable var fault: String?
        let from: UInt64
        let batches: Int
        let seconds: Double
        let totals: SimulationSweep.Totals
        let failures: [SimulationSweep.Failure]
    }

    func run() async throws {
        let first = seed ?? from
        let range = first..<(first + (seed == nil ? seeds : 1))
        let sweep = SimulationSweep(seeds: range, batches: batches, fault: fault)
        let bar = ProgressBar(total: range.count, label: "simulation")
        let begin = WallClock.monotonic
        let result = try await DedicatedThread.run(named: "simulation") {
            sweep.run { done, failed in bar.update(done: done, note: failed == 0 ? "" : "\(failed) failed") }
        }
        bar.finish()
        let outcome = Outcome(
            passed: result.failures.isEmpty == (fault == nil), fault: fault?.rawValue, from: first, batches: batches,
            seconds: Double(WallClock.monotonic - begin) / 1e9, totals: result.totals, failures: result.failures)
        if json { try JSONOutput.print(outcome) } else { show(outcome) }
        guard outcome.passed else { throw ExitCode(1) }
    }

    private func show(_ outcome: Outcome) {
        for failure in outcome.failures.prefix(20) { Terminal.print("seed \(failure.seed): \(failure.failure)") }
        if outcome.failures.count > 20 { Terminal.print("… and \(outcome.failures.count - 20) more") }
        let totals = outcome.totals
        var table = TextTable(columns: ["what happened", "count"])
        for (name, count) in [
            ("seeds", totals.seeds), ("batches", totals.batches), ("rows stored", totals.rows),
            ("crashes", totals.crashes), ("messages lost", totals.lost), ("messages doubled", totals.duplicated),
            ("nodes that went back", totals.rewinds), ("batches recovered", totals.recoveredBatches),
            ("store outages", totals.storeOutages), ("partitions", totals.partitions),
            ("divisions", totals.divisions),
        ] { table.add([name, "\(count)"]) }
        Terminal.print(table.text)
        Terminal.print(
            verdict(
                outcome,
                "in \(Figures.duration(outcome.seconds)), \(Figures.duration(totals.simulatedSeconds)) simulated"))
    }

    private func verdict(_ outcome: Outcome, _ time: String) -> String {
        let (seeds, failed) = (outcome.totals.seeds, outcome.failures.count)
        if let fault {
            return
                "the planted fault \(fault) was found by \(failed == 0 ? "none" : "\(failed)") of \(seeds) seeds \(time)"
        }
        guard let first = outcome.failures.first else { return "all \(seeds) seeds passed \(time)" }
        return "\(failed) of \(seeds) seeds failed \(time); one again: tidegate verify simulation --batches \(batches) "
            + "--seed \(first.seed)"
    }
}
