internal import Foundation
internal import Models
internal import Schema
internal import ServiceKit
internal import Store

extension TrainingRun {
    /// What decides a version's weights, as its row keeps it.
    private struct Recipe: Encodable {
        let request: TrainingRequest
        let plan: DirectionTrainingPlan
    }

    private struct Outcome: Encodable {
        let version: String
        let metrics: DirectionMetrics
    }

    /// Registers the version, notes the trial, moves the alias and ends the job: all or nothing, and only while the lease
    /// is held.
    func finish(
        _ request: TrainingRequest, _ plan: DirectionTrainingPlan, _ vectors: [FeatureVector],
        _ trained: TrainedDirectionModel
    ) throws {
        guard let first = vectors.first, let last = vectors.last else {
            preconditionFailure("a model was trained on nothing")
        }
        let settings = try Self.json(Recipe(request: request, plan: plan))
        let metrics = try Self.json(trained.metrics)
        let result = try Self.json(Outcome(version: trained.version, metrics: trained.metrics))
        let version = ModelVersion(
            id: trained.version, model: trained.kind.rawValue, featureSet: first.featureSet,
            weights: trained.weights, settings: settings, metrics: metrics, dataFrom: first.asOf, dataTo: last.asOf,
            revision: trainer.context.settings.revision, seed: request.seed)
        let trial = Trial(
            job: lease.job.id, model: trained.kind.rawValue, fold: 0, settings: settings, metrics: metrics)
        let lease = lease
        try session.retrying("finish job") { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.register(version, connection)
                try TrialStore(connection).record(trial)
                if let alias = request.promote {
                    try ModelRegistry(connection).promote(alias, to: version.id)
                    let id = "promote/\(alias)/\(version.id)/\(lease.job.id)"
                    try ControlRequests(connection).submit(
                        Control(id: id, change: .modelActivated(alias: alias, version: version.id)))
                }
                try JobQueue(connection).complete(lease, result: result)
            }
        }
        trainer.context.metrics.set(.jobProgress, 1)
    }

    /// Keeps the version; one with the same weights that another job made stays as it was.
    private static func register(_ version: ModelVersion, _ connection: PostgresConnection) throws(StoreError) {
        let registry = ModelRegistry(connection)
        if let known = try registry.version(version.id), known.weights == version.weights,
            known.featureSet == version.featureSet
        {
            return
        }
        try registry.register(version)
    }

    private static func json(_ value: some Encodable) throws -> JSONText {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return JSONText(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
