public import Models

/// What a training came to: the version, how it was validated, and the honest table.
///
/// In JSON the table's keys stand beside the others.
public struct TrainingOutcome: Codable, Sendable, Hashable {
    public let version: String
    /// How the folds were made, as ``SplitScheme`` is written.
    public let split: SplitScheme
    public let label: String
    public let table: HonestTable
    /// Where the candles came from that it learned from and was tested on; `nil` from builds that did not count them.
    public let origins: DataOrigins?

    public init(version: String, split: SplitScheme, label: String, table: HonestTable, origins: DataOrigins? = nil) {
        (self.version, self.split, self.label, self.table) = (version, split, label, table)
        self.origins = origins
    }

    private enum Key: String, CodingKey { case version, split, label, origins }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            version: try values.decode(String.self, forKey: .version),
            split: try values.decode(SplitScheme.self, forKey: .split),
            label: try values.decode(String.self, forKey: .label), table: try HonestTable(from: decoder),
            origins: try values.decodeIfPresent(DataOrigins.self, forKey: .origins))
    }

    public func encode(to encoder: any Encoder) throws {
        try table.encode(to: encoder)
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(version, forKey: .version)
        try values.encode(split, forKey: .split)
        try values.encode(label, forKey: .label)
        try values.encodeIfPresent(origins, forKey: .origins)
    }
}

/// What the registry keeps of a table beside the version: everything but the single folds and the baselines' rows.
public struct TableSummary: Codable, Sendable, Hashable {
    public let metric: ValidationMetric
    public let mean: Double?
    public let sd: Double?
    public let metrics: [ValidationMetric: MetricSummary]
    /// Of each baseline, the mean of the same metric.
    public let baselines: [String: Double]
    /// How many fits of the model were judged.
    public let folds: Int
    public let accuracy: Double?
    public let chance: ChanceInterval
    public let trials: Int
    public let deflatedSharpe: Double?
    public let pbo: Double?
    public let verdict: Verdict
    /// What the version goes by; `nil` in versions of before it was measured.
    public let importance: ModelImportance?
    /// Where the candles came from; `nil` in versions of before they were counted.
    public let origins: DataOrigins?

    private enum CodingKeys: String, CodingKey {
        case metric, mean, sd, metrics, baselines, folds, accuracy, chance, trials
        case deflatedSharpe = "deflated_sharpe"
        case pbo, verdict, importance, origins
    }

    public init(_ table: HonestTable, importance: ModelImportance? = nil, origins: DataOrigins? = nil) {
        (metric, mean, sd, metrics) = (table.metric, table.mean, table.sd, table.metrics)
        baselines = Dictionary(
            uniqueKeysWithValues: table.baselines.compactMap { row in row.mean.map { (row.model, $0) } })
        (folds, accuracy, chance, trials) = (table.folds.count, table.accuracy, table.chance, table.trials)
        (deflatedSharpe, pbo, verdict) = (table.deflatedSharpe, table.pbo, table.verdict)
        (self.importance, self.origins) = (importance, origins)
    }
}
