internal import Foundation
internal import ServiceKit
internal import Simulation
internal import Synchronization

/// Simulates many seeds, on all processors.
struct SimulationSweep: Sendable {
    let seeds: Range<UInt64>
    /// The length of each seed's feed.
    let batches: Int
    let fault: PlantedFault?

    /// A seed whose run went wrong.
    struct Failure: Encodable, Sendable, Equatable {
        let seed: UInt64
        let failure: String
    }

    /// What all runs came to together.
    struct Totals: Encodable, Sendable, Equatable {
        var seeds = 0
        var batches = 0
        var rows = 0
        var crashes = 0
        var lost = 0
        var duplicated = 0
        var rewinds = 0
        var recoveredBatches = 0
        var storeOutages = 0
        var partitions = 0
        var divisions = 0
        var simulatedSeconds = 0.0

        mutating func add(_ report: SimulationReport) {
            seeds += 1
            batches += report.batches
            rows += report.rows
            crashes += report.crashes
            lost += report.lost
            duplicated += report.duplicated
            rewinds += report.rewinds
            recoveredBatches += report.recoveredBatches
            storeOutages += report.storeOutages
            partitions += report.partitions
            divisions += report.divisions
            simulatedSeconds += Double(report.microseconds) / 1e6
        }
    }

    struct Result: Sendable {
        var totals = Totals()
        /// By seed.
        var failures: [Failure] = []
    }

    /// Runs every seed; it blocks.
    ///
    /// `progress` is told, from any thread, how many seeds are done and how many of them failed.
    func run(progress: @Sendable (_ done: Int, _ failed: Int) -> Void) -> Result {
        let next = Atomic<UInt64>(seeds.lowerBound)
        let result = Mutex(Result())
        DispatchQueue.concurrentPerform(iterations: max(1, ProcessInfo.processInfo.activeProcessorCount)) { _ in
            while true {
                let seed = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard seed < seeds.upperBound else { return }
                let report = Simulator.run(seed: seed, batches: batches, fault: fault)
                let counts = result.withLock { result in
                    result.totals.add(report)
                    if let failure = report.failure {
                        result.failures.append(Failure(seed: report.seed, failure: failure))
                    }
                    return (result.totals.seeds, result.failures.count)
                }
                progress(counts.0, counts.1)
            }
        }
        return result.withLock { result in
            result.failures.sort { $0.seed < $1.seed }
            return result
        }
    }
}
