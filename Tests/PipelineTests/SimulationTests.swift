import Foundation
import Schema
import Simulation
import Testing

@Suite("Recovery under simulation")
struct SimulationTests {
    /// `TIDEGATE_SEEDS` runs more; a failing seed named by the test replays with `tidegate verify simulation --seed`.
    static let seeds = ProcessInfo.processInfo.environment["TIDEGATE_SEEDS"].flatMap { UInt64($0) } ?? 300
    static let blocks = stride(from: UInt64(0), to: seeds, by: 50).map { $0..<min($0 + 50, seeds) }

    @Test(
        "Whatever is lost, delayed, doubled or killed, every service stores what an undisturbed run stores",
        arguments: blocks)
    func outputsAreIdentical(seeds: Range<UInt64>) {
        for seed in seeds {
            let report = Simulator.run(seed: seed, batches: 24)
            #expect(report.failure == nil, "seed \(seed)")
        }
    }

    @Test(
        "The rarest failures of the past do not come back",
        arguments: [5243, 11841, 12047, 17970, 35645, 51782, 64807, 70754, 73719, 73913, 74526, 85682] as [UInt64])
    func rarest(seed: UInt64) { #expect(Simulator.run(seed: seed, batches: 24).failure == nil) }

    @Test("A seed gives the same run again")
    func runsAreRepeatable() {
        for seed in UInt64(0)..<20 { #expect(Simulator.run(seed: seed) == Simulator.run(seed: seed)) }
    }

    @Test("The seeds do crash, lose, rewind and recover: a calm simulation would prove nothing")
    func weatherIsRough() {
        let reports = (UInt64(0)..<40).map { Simulator.run(seed: $0, batches: 24) }
        #expect(reports.reduce(0) { $0 + $1.crashes } > 100)
        #expect(reports.reduce(0) { $0 + $1.lost } > 100)
        #expect(reports.reduce(0) { $0 + $1.duplicated } > 100)
        #expect(reports.reduce(0) { $0 + $1.rewinds } > 20)
        #expect(reports.reduce(0) { $0 + $1.recoveredBatches } > 500)
        #expect(reports.reduce(0) { $0 + $1.storeOutages } > 10)
        #expect(reports.reduce(0) { $0 + $1.partitions } > 10)
        #expect(reports.reduce(0) { $0 + $1.divisions } > 10)
    }

    @Test(
        "Each planted protocol fault is found within thirty seeds, the rarest within 300",
        arguments: PlantedFault.allCases)
    func plantedFaultsAreFound(fault: PlantedFault) {
        let found = (UInt64(0)..<(fault == .keptSnapshots ? 300 : 30)).first {
            Simulator.run(seed: $0, batches: 24, fault: fault).failure != nil
        }
        #expect(found != nil)
    }
}
