internal import ArgumentParser
internal import Features
internal import Schema

/// Shows what features there are.
struct ListFeatures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the features that there are.",
        discussion: """
            A name is the catalogue's, then the parameters, then the timeframe where it is not the one of the vectors: \
            macd-histogram_12_26_9@4h. Other parameters may be given wherever features are named. Warm-up counts bars of the \
            longest timeframe that a feature looks at.
            """)

    @OptionGroup var options: FeatureOptions
    @Flag(help: "Print one JSON array.") var json = false

    func run() async throws {
        let set = try options.featureSet()
        let rows = set.features.map(FeatureRow.init)
        if json { return try JSONOutput.print(rows) }
        var table = TextTable(columns: ["feature", "group", "timeframes", "warm-up", "cost", "what it says", "source"])
        for row in rows {
            table.add([
                row.name, row.group, row.timeframes.joined(separator: " "), "\(row.warmup)", row.cost,
                row.meaning + (row.mayBeMissing ? " (may be missing)" : ""), row.source,
            ])
        }
        Terminal.print(table.text)
        Terminal.print("\n\(set.count) features, set \(set.id)")
    }
}

/// A feature as it is printed.
struct FeatureRow: Encodable {
    let name: String
    let group: String
    let timeframes: [String]
    let parameters: [String: Double]
    /// Bars of the longest timeframe.
    let warmup: Int
    let source: String
    let meaning: String
    let cost: String
    let mayBeMissing: Bool

    init(_ feature: Feature) {
        name = feature.name
        group = feature.group.rawValue
        timeframes = feature.timeframes.map(\.rawValue)
        parameters = Dictionary(uniqueKeysWithValues: feature.parameters.map { ($0.name, $0.value) })
        warmup = feature.warmUps.last?.bars ?? 0
        source = feature.source
        meaning = feature.meaning
        cost = feature.cost.rawValue
        mayBeMissing = feature.mayBeMissing
    }
}
