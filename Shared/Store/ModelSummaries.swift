public import Schema

/// A version without its weights: enough to say what it is.
public struct ModelSummary: Sendable, Equatable {
    public let id: String
    public let model: String
    public let featureSet: FeatureSetID
    public let weightBytes: Int
    public let settings: JSONText
    public let metrics: JSONText
    public let dataFrom: UnixNanos
    public let dataTo: UnixNanos
    public let revision: String
    public let seed: UInt64
}

extension ModelRegistry {
    /// All versions, or those of one kind of model, in the order in which they were made; no weights are read.
    public func summaries(of model: String? = nil) throws(StoreError) -> [ModelSummary] {
        try summaries(
            connection.run(
                """
                SELECT \(columns: Self.summaryColumns), octet_length(weights) AS weight_bytes FROM model_versions
                WHERE \(model)::text IS NULL OR model = \(model) ORDER BY created_at, id
                """))
    }

    /// A version without its weights; `nil` when there is none of this id.
    public func summary(_ id: String) throws(StoreError) -> ModelSummary? {
        try summaries(
            connection.run(
                """
                SELECT \(columns: Self.summaryColumns), octet_length(weights) AS weight_bytes FROM model_versions
                WHERE id = \(id)
                """)
        ).first
    }

    private static let summaryColumns = [
        "id", "model", "feature_set", "settings", "metrics", "data_from", "data_to", "revision", "seed",
    ]

    private func summaries(_ rows: Rows) throws(StoreError) -> [ModelSummary] {
        var summaries: [ModelSummary] = []
        for row in rows {
            summaries.append(
                ModelSummary(
                    id: try row.value("id"), model: try row.value("model"), featureSet: try row.featureSet(),
                    weightBytes: try row.value("weight_bytes"), settings: try row.value("settings"),
                    metrics: try row.value("metrics"), dataFrom: try row.value("data_from"),
                    dataTo: try row.value("data_to"), revision: try row.value("revision"),
                    seed: UInt64(bitPattern: try row.value("seed", as: Int64.self))))
        }
        return summaries
    }
}
