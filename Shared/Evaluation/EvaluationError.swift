/// What can go wrong with an evaluation.
public enum EvaluationError: Error, Equatable, Sendable {
    /// A text that stands for no way to split, or numbers that do not go together.
    case scheme(String, reason: String)
    /// Samples that are too few to be split so.
    case tooFewSamples(Int, scheme: String)
}

extension EvaluationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .scheme(let text, let reason): "the validation \"\(text.prefix(120))\": \(reason)"
        case .tooFewSamples(let count, let scheme): "\(count) samples are too few for \(scheme)"
        }
    }
}
