internal import Schema

/// A feature as it is written: `macd-histogram_12_26_9@4h`.
///
/// First the name that the catalogue knows, then the parameters, or none where the standard ones are meant, then the
/// timeframe of the bars, which is left out for a feature set's primary one.
struct FeatureName: Hashable {
    let output: String
    /// Empty for the standard ones.
    let parameters: [Double]
    let timeframe: Timeframe?

    init(parsing text: String) throws(FeaturesError) {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: "_", omittingEmptySubsequences: false)
        var parameters: [Double] = []
        for part in parts.dropFirst() {
            guard let value = Double(part), value.isFinite else {
                throw .name(text, reason: "\"\(part)\" is not a number")
            }
            parameters.append(value)
        }
        if halves.count > 1 {
            guard halves.count == 2, let timeframe = Timeframe(rawValue: String(halves[1])) else {
                throw .name(text, reason: "\"\(halves[1...].joined(separator: "@"))\" is not a timeframe")
            }
            self.timeframe = timeframe
        } else {
            timeframe = nil
        }
        output = String(parts[0])
        self.parameters = parameters
    }

    /// A name without a timeframe.
    static func text(_ output: String, _ parameters: [Double]) -> String {
        ([output] + parameters.map(number)).joined(separator: "_")
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
