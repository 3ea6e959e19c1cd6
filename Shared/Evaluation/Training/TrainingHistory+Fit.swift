public import Models

extension TrainingHistory {
    /// A model that was fitted to all that was taken.
    public struct FittedModel: Sendable {
        public let version: String
        public let order: FittingOrder
        public let weights: [UInt8]
    }

    /// The model that is asked for, from its first seed and without any validation: for drills, which need a model and do
    /// not care how good it is.
    public func fitted() throws -> FittedModel {
        let order = try request.order(for: request.model)
        let data = dataset(for: order)
        let parts = data.parts(of: Array(data.samples.indices))
        let weights = try order.fit(
            FittingTask(data, training: parts.training, validation: parts.validation, seed: request.seeds[0]))
        return FittedModel(version: order.version(of: weights), order: order, weights: weights)
    }
}
