internal import Models

/// What a version goes by, as bars for a terminal.
struct ImportanceChart {
    let importance: ModelImportance

    /// Rows of each measure.
    static let rows = 15
    /// Characters of the longest bar.
    private static let width = 30

    /// The measures one below the other.
    var text: String {
        ((importance.permutation.map { [Self.text($0)] } ?? []) + importance.own.map(Self.text))
            .joined(separator: "\n\n")
    }

    private static func text(_ permutation: PermutationImportance) -> String {
        let longest = permutation.features.first?.mean ?? 0
        var table = TextTable(columns: ["feature", "mean", "sd", ""])
        for feature in permutation.features.prefix(rows) {
            table.add([
                feature.name, Figures.number(feature.mean), Figures.number(feature.sd), bar(feature.mean, of: longest),
            ])
        }
        return """
            permutation importance: what the log loss of \(Figures.number(permutation.loss)) nats increases by, over \
            \(permutation.samples) samples, \(permutation.repeats) times
            \(table.text)
            """
    }

    private static func text(_ own: InputShares) -> String {
        let longest = own.shares.first?.share ?? 0
        var table = TextTable(columns: [own.measure, "share", ""])
        for share in own.shares.prefix(rows) {
            table.add([share.name, Figures.number(share.share), bar(share.share, of: longest)])
        }
        return table.text
    }

    /// Nothing for what is not above zero.
    private static func bar(_ value: Double, of longest: Double) -> String {
        guard value > 0, longest > 0 else { return "" }
        return String(repeating: "█", count: Int((value / longest * Double(width)).rounded(.up)))
    }
}
