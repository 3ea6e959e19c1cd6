public import Schema

/// One immutable result of training.
public struct ModelVersion: Sendable, Equatable {
    public let id: String
    /// The kind of model, for example `xgboost`.
    public let model: String
    public let featureSet: FeatureSetID
    /// Safetensors, or the model's own format where it is none of tensors; never anything executable.
    public let weights: [UInt8]
    public let scaler: [UInt8]?
    public let settings: JSONText
    public let metrics: JSONText
    /// Trained on what was knowable in this range.
    public let dataFrom: UnixNanos
    public let dataTo: UnixNanos
    /// The code that made it.
    public let revision: String
    public let seed: UInt64

    public init(
        id: String, model: String, featureSet: FeatureSetID, weights: [UInt8], scaler: [UInt8]? = nil,
        settings: JSONText, metrics: JSONText, dataFrom: UnixNanos, dataTo: UnixNanos, revision: String, seed: UInt64
    ) {
        self.id = id
        self.model = model
        self.featureSet = featureSet
        self.weights = weights
        self.scaler = scaler
        self.settings = settings
        self.metrics = metrics
        self.dataFrom = dataFrom
        self.dataTo = dataTo
        self.revision = revision
        self.seed = seed
    }
}

/// What an alias means: a version, and the share of the instruments that it trades, 0 to 1, where the alias trades.
public struct ModelSeat: Sendable, Equatable {
    public let version: String
    public let share: Double

    public init(version: String, share: Double = 1) { (self.version, self.share) = (version, share) }
}

/// Keeps model versions, and what the aliases `champion`, `canary`, `challenger` and `shadow` mean.
public struct ModelRegistry {
    /// Notified, with the alias, of each alias that moves.
    public static let channel = "tidegate_models"

    /// One move of an alias.
    public struct Move: Sendable, Equatable {
        public let alias: String
        public let version: String
        /// What the alias meant before; `nil` for its first meaning.
        public let previous: String?
        /// Whether the move took another back.
        public let isRollback: Bool
        public let movedAt: UnixNanos
    }

    private static let table = Table(
        "model_versions", key: ["id"],
        columns: [
            "id", "model", "feature_set", "weights", "scaler", "settings", "metrics", "data_from", "data_to",
            "revision",
            "seed",
        ])

    let connection: PostgresConnection

    public init(_ connection: PostgresConnection) { self.connection = connection }

    /// Keeps a version; registering the same one again changes nothing.
    ///
    /// - Returns: `false` when it was there.
    /// - Throws: ``StoreError/conflict(table:key:)`` when another version is there under its id.
    @discardableResult
    public func register(_ version: ModelVersion) throws(StoreError) -> Bool {
        let rows = RowBuffer(Self.table)
        rows.add { writer in
            writer.write(version.id)
            writer.write(version.model)
            writer.write(version.featureSet.description)
            writer.write(version.weights)
            writer.write(version.scaler)
            writer.write(version.settings)
            writer.write(version.metrics)
            writer.write(version.dataFrom)
            writer.write(version.dataTo)
            writer.write(version.revision)
            writer.write(Int64(bitPattern: version.seed))
        }
        return try connection.transaction { () throws(StoreError) in try connection.insert(rows).inserted > 0 }
    }

    /// A version; `nil` when there is none of this id.
    public func version(_ id: String) throws(StoreError) -> ModelVersion? {
        let rows = try connection.run("SELECT * FROM model_versions WHERE id = \(id)")
        guard let row = rows.first else { return nil }
        return ModelVersion(
            id: id, model: try row.value("model"), featureSet: try row.featureSet(), weights: try row.value("weights"),
            scaler: try row.optional("scaler"), settings: try row.value("settings"), metrics: try row.value("metrics"),
            dataFrom: try row.value("data_from"), dataTo: try row.value("data_to"), revision: try row.value("revision"),
            seed: UInt64(bitPattern: try row.value("seed", as: Int64.self)))
    }

    /// The id of the version that an alias means; `nil` when it means none.
    public func alias(_ alias: String) throws(StoreError) -> String? {
        try connection.run("SELECT version FROM model_aliases WHERE alias = \(alias)").first?.value(0)
    }

    /// Every alias and what it means.
    public func aliases() throws(StoreError) -> [String: ModelSeat] {
        var aliases: [String: ModelSeat] = [:]
        for row in try connection.run("SELECT alias, version, share FROM model_aliases") {
            aliases[try row.value(0)] = ModelSeat(version: try row.value(1), share: try row.value(2))
        }
        return aliases
    }

    /// Lets an alias mean a version, notes the move, and notifies, in one transaction.
    ///
    /// - Parameters:
    ///   - alias: What to move.
    ///   - version: A version's id.
    ///   - share: Of the instruments, that it trades.
    /// - Returns: `false` when it meant that already.
    /// - Throws: ``StoreError/absent(table:key:)`` when there is no such version.
    @discardableResult
    public func promote(_ alias: String, to version: String, share: Double = 1) throws(StoreError) -> Bool {
        let seat = ModelSeat(version: version, share: share)
        return try connection.transaction { () throws(StoreError) in
            let current = try lock(alias)
            guard current != seat else { return false }
            let known = try connection.run("SELECT 1 FROM model_versions WHERE id = \(version)")
            guard !known.isEmpty else { throw .absent(table: "model_versions", key: version) }
            try move(alias, from: current, to: seat, undoing: nil)
            return true
        }
    }

    /// Takes back the last move of an alias that was not taken back yet.
    ///
    /// - Returns: What it means again.
    /// - Throws: ``StoreError/absent(table:key:)`` when it has meant nothing before.
    @discardableResult
    public func rollback(_ alias: String) throws(StoreError) -> ModelSeat {
        try connection.transaction { () throws(StoreError) in
            let current = try lock(alias)
            let rows = try connection.run(
                """
                SELECT number, previous, coalesce(previous_share, 1) AS previous_share FROM model_alias_history AS move WHERE alias = \(alias) AND undoes IS NULL
                AND NOT EXISTS (SELECT FROM model_alias_history AS undo WHERE undo.undoes = move.number)
                ORDER BY number DESC LIMIT 1
                """)
            guard let row = rows.first, let version: String = try row.optional("previous") else {
                throw .absent(table: "model_alias_history", key: alias)
            }
            let previous = ModelSeat(version: version, share: try row.value("previous_share"))
            try move(alias, from: current, to: previous, undoing: try row.value("number", as: Int64.self))
            return previous
        }
    }

    /// The moves of an alias, the last first.
    public func history(_ alias: String, limit: Int = 100) throws(StoreError) -> [Move] {
        let rows = try connection.run(
            """
            SELECT version, previous, undoes IS NOT NULL AS is_rollback, moved_at FROM model_alias_history
            WHERE alias = \(alias) ORDER BY number DESC LIMIT \(limit)
            """)
        var moves: [Move] = []
        for row in rows {
            moves.append(
                Move(
                    alias: alias, version: try row.value("version"), previous: try row.optional("previous"),
                    isRollback: try row.value("is_rollback"), movedAt: try row.value("moved_at")))
        }
        return moves
    }

    /// What an alias means now; nobody else moves it before the transaction ends.
    private func lock(_ alias: String) throws(StoreError) -> ModelSeat? {
        try connection.run("SELECT pg_advisory_xact_lock(hashtextextended(\("model alias \(alias)"), 0))")
        return try aliases()[alias]
    }

    private func move(
        _ alias: String, from previous: ModelSeat?, to seat: ModelSeat, undoing: Int64?
    ) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO model_aliases (alias, version, share) VALUES (\(alias), \(seat.version), \(seat.share))
            ON CONFLICT (alias) DO UPDATE SET version = excluded.version, share = excluded.share, moved_at = now()
            """)
        try connection.run(
            """
            INSERT INTO model_alias_history (alias, version, share, previous, previous_share, undoes)
            VALUES (
                \(alias), \(seat.version), \(seat.share), \(previous?.version), \(previous?.share), \(undoing))
            """)
        try connection.notify(Self.channel, alias)
    }
}
