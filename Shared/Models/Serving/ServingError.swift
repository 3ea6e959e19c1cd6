/// Why a model cannot be served.
public enum ServingError: Error, Equatable, Sendable {
    case window(version: String, rows: Int, longest: Int)
    /// It does not say one probability of a row of zeros, or something beside it that is not finite.
    case answer(version: String, forecasts: [DirectionForecast])
    /// The registry has no such version.
    case noVersion(String)
}
