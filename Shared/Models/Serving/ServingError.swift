/// Why a model cannot be served.
public enum ServingError: Error, Equatable, Sendable {
    case window(version: String, rows: Int, longest: Int)
    /// It does not say one probability of a row of zeros.
    case answer(version: String, probabilities: [Float])
    /// The registry has no such version.
    case noVersion(String)
    /// The registry's row is of a kind that this build does not serve.
    case unknownKind(version: String, kind: String)
}
