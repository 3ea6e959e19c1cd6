/// What a detector says after a number.
public enum DriftVerdict: String, Codable, Sendable, CaseIterable {
    case stable
    /// A change may be under way; a model may begin to gather what it would be trained anew with.
    case warning
    /// What comes is no longer distributed as what came.
    case drift
}

/// Watches a series, one observation after the other, for a change of what it is drawn from.
///
/// A detector is a value. Its state holds finite numbers only and is `Codable`: a decoded detector goes on exactly where the
/// encoded one stood. After ``DriftVerdict/drift`` its numbers can still be read; the next observation starts it anew.
public protocol DriftDetector: Codable, Sendable, Equatable {
    associatedtype Observation

    /// Takes the next observation and says whether the series has changed.
    ///
    /// A number that is not finite, or beyond ±10¹⁰⁰, whose square would soon not be, says nothing: the state stays as it is,
    /// and the verdict is ``DriftVerdict/stable``.
    mutating func update(_ observation: Observation) -> DriftVerdict
}

extension Double {
    /// Whether a detector takes it; see ``DriftDetector/update(_:)``.
    var isObservable: Bool { magnitude <= 1e100 }
}
