internal import Schema

/// A mistake put into the protocol on purpose, to show that the simulation would find it.
public enum PlantedFault: String, Sendable, CaseIterable, Codable {
    /// A snapshot is written before the rows of what it has seen: a crash between the two loses rows.
    case snapshotBeforeRows
    /// A node forgets every snapshot but its newest, whatever its consumers may still need.
    case pruneByOwnProgress
    /// A subscriber processes a batch without counting whether all of it has come.
    case uncountedBatches
    /// A node that goes on from a snapshot numbers its messages from 1 again.
    case forgottenSequence
    /// An order is sent before its row is stored.
    case heardBeforeStored
    /// A node that goes back keeps the snapshots of where it has been, and others drop what it needs on the way there.
    case keptSnapshots
    /// A stage that can be divided speaks in another order than that of what caused its messages.
    case unorderedShards
    /// A snapshot without the last batch: the two sides of the cycle send each other ever further back.
    case snapshotWithoutLastBatch
}

/// How unkind a simulated run is; drawn from its seed.
struct Weather: Sendable {
    /// Probabilities for one message.
    let loss: Double
    let duplication: Double
    /// The longest delay of a message, in microseconds; messages overtake one another.
    let delay: Int
    /// The chance that a node crashes after one effect.
    let crash: Double
    /// Time for which a crashed node stays down, at most, in microseconds.
    let downtime: Int
    /// Chance, each millisecond, that a link is cut or the store goes away, and for how long at most.
    let partition: Double
    let storeOutage: Double
    let outage: Int
    /// The chance, each millisecond, that the services are divided otherwise.
    let division: Double
    /// The longest time that a write to the store takes, in microseconds.
    let storeLatency: Int
    /// One node in the run is this many times slower to notice what has arrived.
    let slowness: Int

    init(using random: inout SplitMix64) {
        func chance(_ values: [Double], _ random: inout SplitMix64) -> Double {
            values.randomElement(using: &random) ?? 0
        }
        loss = chance([0, 0.01, 0.1, 0.3], &random)
        duplication = chance([0, 0.01, 0.1], &random)
        delay = [50, 500, 5000].randomElement(using: &random) ?? 50
        crash = chance([0, 0.001, 0.01, 0.03], &random)
        downtime = [100, 5000, 50_000].randomElement(using: &random) ?? 100
        partition = chance([0, 0.002, 0.01], &random)
        storeOutage = chance([0, 0.002, 0.01], &random)
        outage = [1000, 20_000].randomElement(using: &random) ?? 1000
        storeLatency = [100, 2000, 10_000].randomElement(using: &random) ?? 100
        division = chance([0, 0, 0.005], &random)
        slowness = [1, 1, 20].randomElement(using: &random) ?? 1
    }
}
