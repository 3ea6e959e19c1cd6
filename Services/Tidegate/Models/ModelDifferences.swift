internal import ArgumentParser
internal import Store

extension Models {
    /// Tells two versions apart.
    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows in what two versions differ: data, features, settings and figures.")
        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "A version's id, or an alias.") var first: String
        @Argument(help: "Another one.") var second: String
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            try CommandFailure.explaining {
                let registry = ModelRegistry(try options.workspace.requiredDatabase().connect())
                let aliases = try registry.aliases()
                let entries = try [first, second].map { id in
                    guard let version = try registry.summary(aliases[id]?.version ?? id) else {
                        throw CommandFailure("there is no model \(id)")
                    }
                    return try Entry(version, aliases: aliases)
                }
                let differences = ModelDifferences(entries[0], entries[1])
                if json { try JSONOutput.print(differences) } else { Terminal.print(differences.text) }
            }
        }
    }
}

/// In what two versions differ.
struct ModelDifferences: Encodable, Equatable {
    struct Difference: Encodable, Equatable {
        /// As in what `models show` prints.
        let path: String
        /// As JSON writes it; `-` where the version has none.
        let first: String
        let second: String
        /// The second less the first, where both are numbers.
        @Nullable var change: Double?
    }

    let first: String
    let second: String
    let differences: [Difference]

    init(_ first: Models.Entry, _ second: Models.Entry) {
        (self.first, self.second) = (first.id, second.id)
        let (before, after) = (Self.fields(first), Self.fields(second))
        let values = Dictionary(after, uniquingKeysWith: { one, _ in one })
        let known = Set(before.map(\.0))
        let all = before + after.filter { !known.contains($0.0) }.map { ($0.0, "-") }
        differences = all.compactMap { path, value in
            let other = values[path] ?? "-"
            guard other != value else { return nil }
            let change = Double(value).flatMap { one in Double(other).map { $0 - one } }
            return Difference(path: path, first: value, second: other, change: change)
        }
    }

    private static func fields(_ entry: Models.Entry) -> [(String, String)] {
        [
            ("model", entry.model), ("feature set", entry.featureSet), ("data from", entry.dataFrom),
            ("data to", entry.dataTo), ("seed", "\(entry.seed)"), ("revision", entry.revision),
            ("weight bytes", "\(entry.weightBytes)"),
        ] + entry.settings.leaves.map { ("settings \($0.path)", $0.text) }
            + entry.figures.map { ("metrics \($0.path)", $0.text) }
    }

    var text: String {
        guard !differences.isEmpty else { return "\(first) and \(second) differ in nothing that was written down" }
        var table = TextTable(columns: ["what", first, second, "change"])
        for difference in differences {
            table.add([
                difference.path, difference.first, difference.second,
                difference.change.map { ($0 > 0 ? "+" : "") + Figures.number($0) } ?? "",
            ])
        }
        return table.text
    }
}
