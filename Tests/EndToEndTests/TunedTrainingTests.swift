import Evaluation
import Foundation
import Models
import Schema
import Store
import TestTraits
import Testing

@Suite("Trainings that begin with a version", .timeLimit(.minutes(20)), .processes)
struct TunedTrainingTests {
    private static func request(_ model: String = "lstm", start: String? = nil) throws -> TrainingRequest {
        try TrainingRequest(
            model: model, settings: #"{"training":{"epochs":2}}"#, seeds: [3],
            instruments: TrainingDatabase.instruments,
            timeframe: .hour1, higher: [.hour4], quick: true, start: start)
    }

    /// Asks for a training, and waits for its end.
    private static func ended(_ request: TrainingRequest, key: String, in database: TrainingDatabase) async throws
        -> Job
    {
        let (queue, id) = (JobQueue(database.connection), try database.submit(request, key: key))
        return try await eventually("the training \(key) ends") {
            try queue.job(id).flatMap { $0.state == .done || $0.state == .failed ? $0 : nil }
        }
    }

    /// The same weights as another version, of which other things are known.
    private static func forged(
        _ version: ModelVersion, id: String, settings: JSONText? = nil, metrics: JSONText
    ) -> ModelVersion {
        ModelVersion(
            id: id, model: version.model, featureSet: version.featureSet, weights: version.weights,
            settings: settings ?? version.settings, metrics: metrics, dataFrom: version.dataFrom,
            dataTo: version.dataTo,
            revision: version.revision, seed: version.seed)
    }

    @Test(
        "What learned a made-up market is tuned; what has seen the tested time, itself or through another, is refused")
    func starts() async throws {
        try await TrainingDatabase.with { database in
            let registry = ModelRegistry(database.connection)
            let trainer = try database.trainer()
            let first = try await Self.ended(Self.request(), key: "first", in: database)
            let outcome = try #require(first.result, "\(first.error ?? "")").decoded(as: TrainingOutcome.self)
            #expect(outcome.origins?.isMadeUp == true && outcome.origins?.total == 1400)
            let base = try #require(try registry.version(outcome.version))
            #expect(try base.metrics.decoded(as: TableSummary.self).origins == outcome.origins)

            let second = try await Self.ended(Self.request(start: base.id), key: "second", in: database)
            let tuned = try #require(second.result, "\(second.error ?? "")").decoded(as: TrainingOutcome.self).version
            let version = try #require(try registry.version(tuned))
            #expect(tuned != base.id && version.settings.rawValue.contains(base.id))

            // Of a build that did not count; and made-up data, but upon that.
            let old = Self.forged(base, id: "lstm-old", metrics: "{}")
            let settings = JSONText(version.settings.rawValue.replacing(base.id, with: "lstm-old"))
            let child = Self.forged(version, id: "lstm-child", settings: settings, metrics: version.metrics)
            let silent = Self.forged(base, id: "lstm-silent", settings: "{}", metrics: base.metrics)
            for version in [old, child, silent] { try registry.register(version) }
            for (request, reason) in [
                (try Self.request(start: "lstm-old"), "lstm-old knows the market up to 2023-01-30"),
                (try Self.request(start: "lstm-child"), "lstm-child knows the market up to 2023-01-30"),
                (try Self.request(start: "lstm-silent"), "lstm-silent does not say what it was trained on"),
                (try Self.request(start: "lstm-none"), "there is no version lstm-none"),
                (try Self.request("lstm-cnn", start: base.id), "is a lstm, and not a lstm-cnn"),
            ] {
                let failed = try await Self.ended(request, key: reason, in: database)
                #expect(failed.error?.contains(reason) == true, "\(failed.error ?? "done")")
            }
            #expect(trainer.stop() == 0, "\(trainer.log)")
        }
    }
}
