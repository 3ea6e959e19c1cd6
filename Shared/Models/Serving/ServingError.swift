/// Why a model cannot be served.
public enum ServingError: Error, Equatable, Sendable {
    case window(version: String, rows: Int, longest: Int)
    /// It does not say one probability of a row of zeros.
    case answer(version: String, probabilities: [Float])
    /// The registry has no such version.
    case noVersion(String)
}
