import Learning
import Schema
import Tensor

/// A training that several ranks, or one alone, do in the same way: noisy data, and a network with all that has a
/// state.
struct SharedTraining: Sendable {
    var configuration = TrainingConfiguration(
        epochs: 3, batchSize: 8, learningRate: 0.02, maximumGradientNorm: 0.5, seed: 4)
    /// 7 batches, the last of which has 3 samples: fewer than four ranks.
    var count = 51
    /// The share that dropout leaves out.
    var dropout = 0.0
    var hasBatchNorm = false

    struct Network: CompositeLayer {
        let hidden: Linear
        let norm: BatchNorm1d
        /// Takes no part, and so has no gradient.
        let idle: Linear
        let head: Linear

        init(seed: UInt64) throws {
            var random = SplitMix64(seed: seed)
            hidden = try Linear(inputs: 4, outputs: 6, using: &random)
            norm = try BatchNorm1d(channels: 6)
            idle = try Linear(inputs: 2, outputs: 2, using: &random)
            head = try Linear(inputs: 6, outputs: 1, using: &random)
        }

        var parts: [NamedLayer] { [("hidden", hidden), ("norm", norm), ("idle", idle), ("head", head)] }
    }

    /// What came of it, for comparisons bit by bit.
    struct Outcome: Equatable, Sendable {
        var checkpoint: [UInt8] = []
        var epochs: [TrainingEpoch] = []
        var losses: [Double] = []
        var norms: [Double] = []

        /// The model's numbers.
        var parameters: [Double] {
            get throws {
                let file = try SafeTensors(bytes: checkpoint)
                return try file.entries.map(\.name).filter { $0.hasPrefix("model.") }.sorted()
                    .flatMap { try file.tensor(named: $0).doubles() }
            }
        }
    }

    /// Trains to the end.
    ///
    /// - Parameters:
    ///   - group: the ranks, or `nil` alone.
    ///   - checkpoint: where to go on.
    ///   - epochs: after which to stop.
    ///   - progress: called after each batch.
    /// - Returns: what came of it.
    /// - Throws: what the training throws.
    func run(
        in group: ProcessGroup?, resuming checkpoint: [UInt8]? = nil, epochs: Int = .max,
        progress: (TrainingProgress) throws -> Void = { _ in }
    ) throws -> Outcome {
        var random = SplitMix64(seed: 9)
        let inputs = random.floats(count * 4)
        let targets = random.floats(count).map { Float($0 > 0 ? 1 : 0) }
        // The ranks' networks begin differently, so that it shows who gives the start.
        let network = try Network(seed: UInt64(group?.rank ?? 0))
        var loop =
            if let checkpoint {
                try TrainingLoop(
                    resuming: SafeTensors(bytes: checkpoint), network, sampleCount: count, configuration, in: group)
            } else {
                try TrainingLoop(network, sampleCount: count, configuration, in: group)
            }
        var outcome = Outcome()
        while !loop.isFinished && loop.epoch < epochs {
            try loop.runEpoch(
                loss: { samples, pass in
                    let x = try Tensor(
                        samples.flatMap { inputs[($0 * 4)..<($0 * 4 + 4)] }, shape: [samples.count, 4])
                    let y = try Tensor(samples.map { targets[$0] }, shape: [samples.count, 1])
                    var state = try network.hidden(x)
                    if hasBatchNorm { state = try network.norm(state, &pass) }
                    state = try Dropout(share: dropout)(state.tanh(), &pass)
                    return try network.head(state).binaryCrossEntropy(y)
                },
                validation: { try network.hidden.weight.power(2).sum().item() },
                progress: {
                    outcome.losses.append($0.loss)
                    outcome.norms.append($0.gradientNorm)
                    try progress($0)
                })
        }
        outcome.epochs = loop.history
        outcome.checkpoint = try loop.checkpoint().bytes()
        return outcome
    }

    /// Trains on so many threads at once, and gives what came of each.
    func run(
        ranks: Int, resuming checkpoint: [UInt8]? = nil, epochs: Int = .max
    ) throws -> [Outcome] {
        let rendezvous = MemoryRendezvous()
        return try onThreads(ranks) { rank in
            let group = try ProcessGroup(
                named: "training", rank: rank, size: ranks, timeout: .seconds(60), rendezvous: rendezvous)
            return try run(in: group, resuming: checkpoint, epochs: epochs)
        }.map { try $0.get() }
    }
}
