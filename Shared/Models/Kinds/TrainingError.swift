/// Why a training cannot be done.
public enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A kind of model that there is not.
    case kind(String, known: [String])
    /// Settings that a kind of model does not have.
    case settings(String)
    /// Too little history for a part to learn from and a part to stop by.
    case tooFewSamples(training: Int, validation: Int)
    /// A request that contradicts itself or cannot be read.
    case request(String)
    /// A fit of a training that has failed, and why.
    case fit(String, String)
    /// A version that a fit cannot begin with.
    case start(String)
    /// A checkpoint of another fit.
    case foreignCheckpoint
    /// Ranks that fit one network together, and learn from other samples or have come to other bits than each other.
    case ranksDiffer

    public var description: String {
        switch self {
        case .kind(let name, let known): "there is no model \"\(name)\"; there are \(known.joined(separator: ", "))"
        case .settings(let reason): "the model's settings are wrong: \(reason)"
        case .tooFewSamples(let training, let validation):
            "too little history: \(training) samples to learn from, of at least 100, and \(validation) to stop by, of at "
                + "least 20"
        case .request(let reason): "the training request is wrong: \(reason)"
        case .fit(let name, let reason): "\(name): \(reason)"
        case .start(let reason): "it cannot begin with that version: \(reason)"
        case .foreignCheckpoint: "the checkpoint is of another training"
        case .ranksDiffer:
            "the ranks differ in what they learn from, or in the bits that they came to; are their processors of one kind?"
        }
    }
}
