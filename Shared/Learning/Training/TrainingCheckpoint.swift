internal import Foundation
internal import Schema
public import Tensor

/// What a checkpoint says in text; the numbers are beside it.
private struct TrainingState: Codable {
    let configuration: TrainingConfiguration
    let sampleCount: Int
    let history: [TrainingEpoch]
    let bestEpoch: Int?
    let random: SplitMix64
    /// How many trained together; `nil` for one alone.
    let ranks: Int?
}

extension TrainingLoop {
    private static let key = "tidegate.training.v1"

    /// All that the rest of the training depends on: the model, the best one, optimizer, generator, history.
    ///
    /// The order of the samples is drawn anew in each epoch, so the generator's state stands for it.
    public func checkpoint() throws -> SafeTensors {
        var file = SafeTensors(metadata: [Self.key: try stateText()])
        try file.add(self.state, prefix: "model.")
        try file.add(best, prefix: "best.")
        try file.add(optimizer.state, prefix: "optimizer.")
        return file
    }

    /// What the state says in text: equal for equal states.
    func stateText() throws -> String {
        let state = TrainingState(
            configuration: configuration, sampleCount: sampleCount, history: history, bestEpoch: bestEpoch,
            random: random, ranks: group?.size)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(state), as: UTF8.self)
    }

    /// Goes on where a checkpoint was taken; overwrites the model by what is in it.
    ///
    /// - Parameters:
    ///   - checkpoint: what ``checkpoint()`` gave.
    ///   - model: of the same architecture, with any values.
    ///   - sampleCount: the number of training samples, which must be the same as before.
    ///   - configuration: the same as before.
    ///   - group: as many ranks as before, all with the same checkpoint. Each waits here for all.
    /// - Throws: ``LearningError/checkpoint(_:)`` when configuration, sample count or number of ranks differ.
    public init(
        resuming checkpoint: SafeTensors, _ model: some Layer, sampleCount: Int,
        _ configuration: TrainingConfiguration, in group: ProcessGroup? = nil
    ) throws {
        guard let text = checkpoint.metadata[Self.key] else {
            throw LearningError.checkpoint("it is not a training's, or of another version")
        }
        let state: TrainingState
        do {
            state = try JSONDecoder().decode(TrainingState.self, from: Data(text.utf8))
        } catch {
            throw LearningError.checkpoint("its state cannot be read")
        }
        guard state.configuration == configuration else {
            throw LearningError.checkpoint("it was trained with another configuration")
        }
        guard state.sampleCount == sampleCount else {
            throw LearningError.checkpoint("it has \(state.sampleCount) training samples, not \(sampleCount)")
        }
        guard state.ranks == group?.size else {
            throw LearningError.checkpoint("it was trained by \(state.ranks ?? 1) ranks, not \(group?.size ?? 1)")
        }
        guard state.bestEpoch.map({ (1...state.history.count).contains($0) }) ?? state.history.isEmpty else {
            throw LearningError.checkpoint("its best epoch is none of its epochs")
        }
        try self.init(apart: model, sampleCount: sampleCount, configuration, group)
        try checkpoint.assign(to: model.state, prefix: "model.")
        try checkpoint.assign(to: best, prefix: "best.")
        try checkpoint.assign(to: optimizer.state, prefix: "optimizer.")
        history = state.history
        bestEpoch = state.bestEpoch
        random = state.random
        if let group { try join(group) }
    }
}
