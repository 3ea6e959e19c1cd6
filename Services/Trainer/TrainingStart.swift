internal import Evaluation
internal import Models
internal import Schema
internal import Store

/// The version with whose weights the fits of a training begin.
///
/// What it has learned it still knows: where that is of the market, no test may look at the same time.
struct TrainingStart {
    let version: ModelVersion
    /// Up to when it, or a version that it began with itself, has seen the market; `nil` where all of that was made up.
    let seen: UnixNanos?

    /// What is kept of a version's training.
    private struct Learned: Decodable { let request: TrainingRequest }

    private struct Sources: Decodable { let origins: DataOrigins? }

    /// Finds the version, and those from which it comes.
    ///
    /// - Throws: ``Models/TrainingError/start(_:)`` when one of them is not there, or does not say what it was trained on:
    ///   then nobody knows what it comes from.
    init(_ id: String, find: (_ id: String) throws -> ModelVersion?) throws {
        func version(_ id: String) throws -> ModelVersion {
            guard let version = try find(id) else { throw TrainingError.start("there is no version \(id)") }
            return version
        }
        self.version = try version(id)
        var (seen, next): (UnixNanos?, ModelVersion?) = (nil, self.version)
        while let current = next {
            guard let request = try? current.settings.decoded(as: Learned.self).request else {
                throw TrainingError.start("\(current.id) does not say what it was trained on")
            }
            let sources = try? current.metrics.decoded(as: Sources.self)
            if sources?.origins?.isMadeUp != true {
                seen = max(seen ?? current.dataTo, current.dataTo.advanced(by: try request.lookahead))
            }
            next = try request.start.map { try version($0) }
        }
        self.seen = seen
    }

    /// Refuses what the training could not begin with, and what would make its table flatter itself.
    ///
    /// - Throws: ``Models/TrainingError/start(_:)``
    func check(_ request: TrainingRequest, _ plan: ValidationPlan) throws(TrainingError) {
        guard version.model == request.model else {
            throw .start("\(version.id) is a \(version.model), and not a \(request.model)")
        }
        guard version.featureSet == plan.data.featureSet else {
            throw .start("\(version.id) reads feature set \(version.featureSet), and not \(plan.data.featureSet)")
        }
        let tests = plan.splits.flatMap(\.test).map { plan.data.samples[$0].span.start }
        guard let seen, let first = tests.min(), first < seen else { return }
        throw .start(
            "\(version.id) knows the market up to \(seen), and the first test begins at \(first): what it has seen is no test"
        )
    }
}

extension TrainingRequest {
    /// How far after a row a fit looks, in nanoseconds.
    fileprivate var lookahead: Int64 {
        get throws { max(label.horizon, Int64(try order(for: model).horizon) * timeframe.nanoseconds) }
    }
}
