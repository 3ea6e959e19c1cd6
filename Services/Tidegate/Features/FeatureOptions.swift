internal import ArgumentParser
internal import Features
internal import Schema

/// Which features, over which timeframes.
struct FeatureOptions: ParsableArguments {
    @Option(help: "Features, groups, standard or full, comma separated; -name leaves one out.") var set = "full"
    @Option(help: "The timeframe of the vectors.", transform: parseTimeframe) var timeframe = Timeframe.hour1
    @Option(help: "Longer timeframes to look at, comma separated.", transform: parseTimeframes)
    var higher: [Timeframe] = [.hour4, .day1]

    func featureSet() throws -> FeatureSet {
        let higher = higher.filter { $0 > timeframe }
        do {
            return try FeatureSettings(text: set).featureSet(primary: timeframe, higher: higher)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private static func parseTimeframe(_ text: String) throws -> Timeframe {
        guard let timeframe = Timeframe(rawValue: text) else {
            let all = Timeframe.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\"\(text)\" is none of \(all)")
        }
        return timeframe
    }

    static func parseTimeframes(_ text: String) throws -> [Timeframe] {
        try text.split(separator: ",").map { try parseTimeframe($0.filter { $0 != " " }) }
    }
}
