import Simulation
import Synchronization
import Testing

@testable import Tidegate

@Suite("Simulation sweep")
struct SimulationSweepTests {
    @Test("Every seed is run once, whatever processor takes it, and progress counts to the end")
    func everySeed() {
        let seen = Mutex<[Int]>([])
        let result = SimulationSweep(seeds: 100..<120, batches: 8, fault: nil).run { done, _ in
            seen.withLock { $0.append(done) }
        }
        #expect(seen.withLock { $0.sorted() } == Array(1...20))
        var expected = SimulationSweep.Totals()
        for seed in UInt64(100)..<120 { expected.add(Simulator.run(seed: seed, batches: 8)) }
        #expect(result.totals.crashes == expected.crashes && result.totals.lost == expected.lost)
        #expect(result.totals.seeds == 20 && result.totals.rows == expected.rows && result.failures.isEmpty)
    }

    @Test("Seeds that find a planted fault are listed in order")
    func failures() {
        let result = SimulationSweep(seeds: 0..<30, batches: 24, fault: .forgottenSequence).run { _, _ in }
        #expect(!result.failures.isEmpty)
        #expect(result.failures.map(\.seed) == result.failures.map(\.seed).sorted())
        for failure in result.failures {
            #expect(
                Simulator.run(seed: failure.seed, batches: 24, fault: .forgottenSequence).failure == failure.failure)
        }
    }
}
