internal import Models
internal import ServiceKit
internal import Store

/// Finds model versions in the registry, over a connection of its own that lives as long as one question.
struct RegistryReader: Sendable {
    let context: ServiceContext

    func artifact(_ version: String) throws -> ModelArtifact {
        let session = context.session()
        defer { session.disconnect() }
        let row = try session.retrying("load model") { connection throws(StoreError) in
            try ModelRegistry(connection).version(version)
        }
        guard let row else { throw ServingError.noVersion(version) }
        return try ModelArtifact(
            version: row.id, model: row.model, featureSet: row.featureSet, weights: row.weights)
    }
}
