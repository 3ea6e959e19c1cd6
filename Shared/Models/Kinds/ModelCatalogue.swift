/// The kinds of model that can be fitted and served, by name.
public struct ModelCatalogue: Sendable {
    public let kinds: [any ModelKind.Type]

    /// - Parameter kinds: No two of the same name.
    public init(_ kinds: [any ModelKind.Type]) {
        precondition(Set(kinds.map { $0.name }).count == kinds.count, "each kind's name once")
        self.kinds = kinds
    }

    /// What comes with the pipeline: a new kind gets its line here.
    public static let standard = ModelCatalogue([
        XGBoostKind.self,
        TemporalFusionKind.self,
        LSTMCNNKind.self,
        MultiScaleLSTMCNNKind.self,
        MultiTimeframeKind.self,
        TransformerKind.self,
        EnhancedTransformerKind.self,
        LSTMKind.self,
        LogisticRegressionKind.self,
    ])

    public var names: [String] { kinds.map { $0.name } }

    /// - Throws: ``TrainingError/kind(_:known:)``
    public func kind(named name: String) throws(TrainingError) -> any ModelKind.Type {
        guard let kind = kinds.first(where: { $0.name == name }) else { throw .kind(name, known: names) }
        return kind
    }
}
