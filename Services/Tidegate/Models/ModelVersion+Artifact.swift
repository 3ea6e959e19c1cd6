internal import Models
internal import Store

extension ModelVersion {
    /// What serves it.
    ///
    /// - Throws: ``Models/TrainingError/kind(_:known:)`` for a kind that this build does not know.
    var artifact: ModelArtifact {
        get throws {
            try ModelArtifact(version: id, model: model, featureSet: featureSet, weights: weights)
        }
    }
}
