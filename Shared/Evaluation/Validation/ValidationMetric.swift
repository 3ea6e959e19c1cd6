/// What a fold is judged by, in the order in which a table shows it.
public enum ValidationMetric: String, Codable, CodingKeyRepresentable, Sendable, CaseIterable {
    case accuracy
    case balancedAccuracy = "balanced_accuracy"
    case logLoss = "log_loss"
    case brier
    case areaUnderCurve = "auc"
    case matthews = "mcc"
    /// Of ``SignStrategy`` after costs, annualised.
    case netSharpe = "net_sharpe"
}

/// A metric over folds and seeds.
public struct MetricSummary: Codable, Sendable, Hashable {
    public let mean: Double
    /// The standard deviation over all folds of all seeds (ddof 1); `nil` for a single one.
    public let sd: Double?
    /// Folds times seeds in which the metric is defined.
    public let count: Int

    /// `nil` comes of no values.
    init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let moments = Moments(values)
        (mean, sd, count) = (moments.mean, moments.deviation, values.count)
    }
}
