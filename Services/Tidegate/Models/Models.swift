internal import ArgumentParser
internal import Foundation
internal import Models
internal import Schema
internal import Store

/// Lists the trained models, and says which of them trades.
struct Models: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the trained models, and says which of them trades.",
        subcommands: [
            List.self, Show.self, Diff.self, Promote.self, Rollback.self, Export.self, Import.self,
        ])

    /// A version without its weights.
    struct Entry: Encodable, Equatable {
        let id: String
        let model: String
        let aliases: [String]
        /// Of the instruments, that the canary trades; only there where it is one.
        let canaryShare: Double?
        let featureSet: String
        let dataFrom: String
        let dataTo: String
        let seed: UInt64
        let revision: String
        let weightBytes: Int
        let settings: JSONValue
        let metrics: JSONValue

        init(_ version: ModelSummary, aliases: [String: ModelSeat]) throws {
            id = version.id
            model = version.model
            let seats = aliases.filter { $0.value.version == version.id }
            self.aliases = seats.keys.sorted()
            canaryShare = seats[ModelRole.canary]?.share
            featureSet = version.featureSet.description
            dataFrom = version.dataFrom.description
            dataTo = version.dataTo.description
            seed = version.seed
            revision = version.revision
            weightBytes = version.weightBytes
            settings = try JSONValue(parsing: version.settings.rawValue)
            metrics = try JSONValue(parsing: version.metrics.rawValue)
        }

        /// The aliases for a person: with the canary's share.
        var names: String {
            guard !aliases.isEmpty else { return "-" }
            return aliases.map { alias in
                alias == ModelRole.canary ? canaryShare.map { "canary (share \($0))" } ?? alias : alias
            }.joined(separator: ", ")
        }

        /// What the version goes by; `nil` where nobody has measured it.
        var importance: ModelImportance? {
            guard case .object(let fields) = metrics, let field = fields["importance"],
                let bytes = try? JSONEncoder().encode(field)
            else { return nil }
            return try? JSONDecoder().decode(ModelImportance.self, from: bytes)
        }

        /// The metrics that are single numbers: all but the importance.
        var figures: [(path: String, text: String)] {
            metrics.leaves.filter { !$0.path.hasPrefix("importance.") }
        }

        /// One of a kind, with every figure that was written down, and what it goes by.
        var text: String {
            var table = TextTable(columns: ["what", "value"])
            for (name, value) in [
                ("id", id), ("model", model), ("aliases", names),
                ("feature set", featureSet), ("data", "\(dataFrom) to \(dataTo)"), ("seed", "\(seed)"),
                ("revision", revision), ("weights", Figures.bytes(Int64(weightBytes))),
            ] { table.add([name, value]) }
            for leaf in settings.leaves { table.add(["settings \(leaf.path)", leaf.text]) }
            for leaf in figures { table.add(["metrics \(leaf.path)", leaf.text]) }
            return importance.map { "\(table.text)\n\n\(ImportanceChart(importance: $0).text)" } ?? table.text
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the versions in the order in which they were made.")
        @OptionGroup var options: WorkspaceOptions
        @Option(help: "Only of this kind, as xgboost.") var model: String?
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            try CommandFailure.explaining {
                let registry = ModelRegistry(try options.workspace.requiredDatabase().connect())
                let aliases = try registry.aliases()
                let entries = try registry.summaries(of: model).map { try Entry($0, aliases: aliases) }
                if json { return try JSONOutput.print(["models": entries]) }
                guard !entries.isEmpty else { return Terminal.print("no model yet; `tidegate train` makes one") }
                var table = TextTable(columns: ["id", "model", "aliases", "trained on", "seed"])
                for entry in entries {
                    table.add([
                        entry.id, entry.model, entry.names,
                        "\(entry.dataFrom) to \(entry.dataTo)", "\(entry.seed)",
                    ])
                }
                Terminal.print(table.text)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one version with its figures.")
        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "A version's id, or an alias.") var id: String
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            try CommandFailure.explaining {
                let registry = ModelRegistry(try options.workspace.requiredDatabase().connect())
                let aliases = try registry.aliases()
                guard let version = try registry.summary(aliases[id]?.version ?? id) else {
                    throw CommandFailure("there is no model \(id)")
                }
                let entry = try Entry(version, aliases: aliases)
                if json { try JSONOutput.print(entry) } else { Terminal.print(entry.text) }
            }
        }
    }

    /// What `promote` and `rollback` have in common.
    struct MoveOptions: ParsableArguments {
        @OptionGroup var location: WorkspaceOptions
        @Option(help: "champion, canary, challenger or shadow.") var alias = ModelRole.champion
        @Option(help: "Seconds to wait until the ingestor has placed it.") var timeout = 30.0
        @Flag(help: "Print one JSON object.") var json = false

        func validate() throws {
            guard timeout >= 0, timeout.isFinite else { throw ValidationError("--timeout is not below zero") }
            guard ModelRole.all.contains(alias) else {
                throw ValidationError("--alias is \(ModelRole.list), not \"\(alias)\"")
            }
        }

        /// Moves the alias, and asks for the same change in the feed, in one transaction.
        func move(_ body: @Sendable (ModelRegistry) throws(StoreError) -> ModelSeat) async throws {
            try await CommandFailure.explaining {
                let connection = try location.workspace.requiredDatabase().connect()
                let id = ControlPlacement.identifier("model/\(alias)")
                let seat = try ModelMove.perform(alias, id: id, connection, body)
                let position = try await ControlPlacement.wait(for: id, seconds: timeout, connection)
                let share = alias == ModelRole.canary ? ", for a share of \(seat.share) of the instruments" : ""
                try ControlPlacement.report(
                    ControlPlacement.Outcome(
                        id: id, change: "\(alias) is \(seat.version)\(share)", position: position),
                    waited: timeout, json: json, connection)
            }
        }
    }

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets an alias mean a version.",
            discussion: """
                The champion trades, except where the canary does: a share of the instruments, always the same ones for one \
                version. A challenger and a shadow are watched beside it. A canary's share of 0 ends its trading.
                """)
        @OptionGroup var options: MoveOptions
        @Argument(help: "A version's id.") var id: String
        @Option(help: "Of the instruments, that a canary trades, 0 to 1; by default 0.1.") var share: Double?

        func validate() throws {
            guard share == nil || options.alias == ModelRole.canary else {
                throw ValidationError("--share is the canary's alone")
            }
            if let share, !(0...1).contains(share) { throw ValidationError("--share is 0 to 1, not \(share)") }
        }

        func run() async throws {
            let (alias, version) = (options.alias, id)
            let seat = ModelSeat(version: version, share: alias == ModelRole.canary ? share ?? 0.1 : 1)
            try await options.move { registry throws(StoreError) in
                try registry.promote(alias, to: version, share: seat.share)
                return seat
            }
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes back the last move of an alias.")
        @OptionGroup var options: MoveOptions

        func run() async throws {
            let alias = options.alias
            try await options.move { registry throws(StoreError) in try registry.rollback(alias) }
        }
    }
}

/// Moves an alias in the registry and in the feed.
enum ModelMove {
    /// Calls `body`, which moves the alias and says what it means then, and asks for that in the feed: both or neither.
    static func perform(
        _ alias: String, id: String, _ connection: PostgresConnection,
        _ body: (ModelRegistry) throws(StoreError) -> ModelSeat
    ) throws(StoreError) -> ModelSeat {
        try connection.transaction { () throws(StoreError) in
            let seat = try body(ModelRegistry(connection))
            try ControlRequests(connection).submit(
                Control(
                    id: id, change: .modelActivated(alias: alias, version: seat.version, share: seat.share)))
            return seat
        }
    }
}
