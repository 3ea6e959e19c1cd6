/// What a fitted model goes by, as the registry keeps it beside the version.
public struct ModelImportance: Codable, Sendable, Hashable {
    /// `nil` where it would have taken too long.
    public let permutation: PermutationImportance?
    /// By measures of the model's own; none where it has none.
    public let own: [InputShares]

    public init(permutation: PermutationImportance?, own: [InputShares]) {
        (self.permutation, self.own) = (permutation, own)
    }

    /// Looks at a model on the validation samples of its fit, from which it has not learned.
    ///
    /// - Parameters:
    ///   - model: What the fit made.
    ///   - task: The fit's; its seed begins chance here too, so that whoever measures comes to the same bits.
    ///   - budget: For the permutations.
    ///   - kept: Of each measure, so many are kept: those that count most.
    ///   - watch: Told after each feature how many are done; may throw to stop.
    /// - Throws: What the model or the watch throws.
    public init(
        of model: any DirectionModel, _ task: FittingTask, _ budget: PermutationImportance.Budget, kept: Int = 64,
        watch: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
    ) throws {
        let (data, samples) = (task.data, task.validation)
        permutation = try PermutationImportance.measured(
            model, on: data, samples: samples, budget, seed: task.seed, watch: watch)?.first(kept)
        let asked = data.inputs(samples.spread(256), length: model.window)
        own = try model.shares(on: asked).map { $0.largest(kept) }
    }
}
