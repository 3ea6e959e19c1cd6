internal import Foundation
internal import Tensor

/// A kind of model with its settings: all that is decided before there are samples.
public struct FittingOrder: Sendable {
    public let kind: any ModelKind.Type
    /// As JSON with sorted keys.
    public let settings: String
    /// Rows of features that one prediction looks at, the newest included.
    public let window: Int
    /// Bars ahead that the fit looks at beside the label.
    public let horizon: Int
    /// Samples of one step, which several ranks may share; `nil` for kinds that one alone fits.
    public let batch: Int?
    /// Whether a fit may begin with the weights of a version.
    public var isTunable: Bool { batch != nil }

    /// - Parameters:
    ///   - kind: What to fit.
    ///   - json: Settings in place of the kind's own, as ``ModelSettings/replacing(json:)`` takes them.
    ///   - isQuick: Whether a rough model will do; `json` goes before.
    /// - Throws: ``TrainingError/settings(_:)``
    public init(_ kind: any ModelKind.Type, settings json: String = "{}", isQuick: Bool = false) throws {
        func resolve<Kind: ModelKind>(_ kind: Kind.Type) throws -> Kind.Settings {
            try (isQuick ? kind.quickSettings : kind.settings).replacing(json: json)
        }
        let settings: any ModelSettings = try resolve(kind)
        self.kind = kind
        (self.settings, window, horizon) = (try settings.json(), settings.window, settings.horizon)
        batch = settings.batch
    }

    /// Fits the model, from the beginning or from a checkpoint; the result is the same, to the last bit.
    ///
    /// - Throws: ``TrainingError/foreignCheckpoint`` when the watch's checkpoint is of another order, task or build;
    ///   ``TrainingError/ranksDiffer`` when the task's ranks do not learn from the same; errors of the kind; what the watch
    ///   throws.
    public func fit(_ task: FittingTask, _ watch: FittingWatch = FittingWatch()) throws -> [UInt8] {
        let seal = seal(of: task)
        // Each rank reads for itself what is learned from.
        if let group = task.group, try !group.areEqual(seal.map { Int64($0) }) { throw TrainingError.ranksDiffer }
        var earlier = watch.checkpoint
        if let checkpoint = earlier {
            guard checkpoint.starts(with: seal) else { throw TrainingError.foreignCheckpoint }
            earlier = Array(checkpoint.dropFirst(seal.count))
        }
        let sealed = FittingWatch(
            continuing: earlier, step: watch.step, save: { try watch.save(seal + $0, $1) })
        func fit<Kind: ModelKind>(_ kind: Kind.Type) throws -> [UInt8] {
            try kind.fit(task, kind.settings.replacing(json: settings), sealed)
        }
        return try fit(kind)
    }

    /// The name of the version that has these weights: the same weights always have the same.
    public func version(of weights: [UInt8]) -> String {
        var fingerprint = Fingerprint()
        fingerprint.add(bytes: weights)
        return "\(kind.name)-\(fingerprint.text)"
    }

    /// Raised whenever an equal order and task give other weights, so that no checkpoint from before is continued.
    private static let revision: UInt64 = 4

    /// Eight bytes before each checkpoint, by which one of anything else is known.
    private func seal(of task: FittingTask) -> [UInt8] {
        var fingerprint = Fingerprint()
        fingerprint.add(Self.revision)
        fingerprint.add(bytes: "\(kind.name) \(settings)".utf8)
        for part in [task.training, task.validation] {
            fingerprint.add(UInt64(part.count))
            for sample in part { fingerprint.add(UInt64(sample)) }
        }
        for word in [task.data.fingerprint, task.seed, UInt64(task.threads)] { fingerprint.add(word) }
        if let start = task.start { fingerprint.add(bytes: start) }
        // Nothing for the processor, as in checkpoints of builds that knew no other device.
        if case .cuda = task.device, batch != nil { fingerprint.add(bytes: "cuda".utf8) }
        return (0..<8).map { UInt8(truncatingIfNeeded: fingerprint.value >> (8 * $0)) }
    }
}
