/// What a validation found: the model, what needs no model beside it, and how much of it may be luck.
///
/// In JSON its keys are in snake case; `metric`, `mean` and `sd` are the model's accuracy, and `metrics` has the others.
public struct HonestTable: Codable, Sendable, Hashable {
    /// A model or a baseline over all folds and seeds.
    public struct Row: Codable, Sendable, Hashable {
        public let model: String
        /// The one that ``mean`` and ``sd`` are of.
        public let metric: ValidationMetric
        public let mean: Double?
        /// Over folds and seeds (ddof 1).
        public let sd: Double?
        public let metrics: [ValidationMetric: MetricSummary]
    }

    /// The model in one fold with one seed.
    public struct Fold: Codable, Sendable, Hashable {
        /// From 1 on.
        public let fold: Int
        public let seed: UInt64
        /// Rows that were trained on.
        public let trained: Int
        /// Rows that were tested.
        public let tested: Int
        /// When the features of the first tested row were known, and of the last, as ISO 8601.
        public let from: String
        public let to: String
        public let metrics: [ValidationMetric: Double]
    }

    public let model: String
    public let metric: ValidationMetric
    public let mean: Double?
    public let sd: Double?
    public let metrics: [ValidationMetric: MetricSummary]
    /// By fold, then in the order of the seeds.
    public let folds: [Fold]
    /// Last value, majority class, buy and hold, then those that were fitted.
    public let baselines: [Row]
    /// The share of all calls that were right, over all rows and seeds.
    public let accuracy: Double?
    /// Where that share lies when the calls know nothing.
    public let chance: ChanceInterval
    /// How many fits were tried before, this one's too.
    public let trials: Int
    /// How likely the strategy's true Sharpe ratio is above what the best of as many trials shows by luck; `nil` when its
    /// returns never change.
    public let deflatedSharpe: Double?
    /// The probability of backtest overfitting, of choosing among the model and the baselines; `nil` for too few bars.
    public let pbo: Double?
    public let verdict: Verdict

    private enum CodingKeys: String, CodingKey {
        case model, metric, mean, sd, metrics, folds, baselines, accuracy, chance, trials
        case deflatedSharpe = "deflated_sharpe"
        case pbo, verdict
    }
}

/// What a table says, in one sentence.
public enum Verdict: String, Codable, Sendable, CaseIterable {
    case silent = "it never called a direction"
    case worse = "worse than chance"
    case indistinguishable = "not distinguishable from chance"
    case beaten = "better than chance, but a baseline is as good"
    case costly = "better than chance, but what it earns does not cover its costs"
    case lucky = "better than chance, but what it earns may be the luck of many trials"
    case overfitted = "better than chance, but what looks best is below average later"
    case edge = "better than chance, than every baseline, than its costs and than the luck of its trials"
}
