internal import Models
internal import Schema

/// A candidate by the rules of a table.
struct JudgedCandidate {
    /// One run in one fold.
    struct Part {
        /// Those that are defined.
        let metrics: [ValidationMetric: Double]
        /// After costs, in order of time.
        let netReturns: [(moment: UnixNanos, value: Double)]
    }

    let name: String
    /// Shape `[runs, folds]`.
    let parts: [[Part]]

    init(_ candidate: Candidate, _ folds: [TestFold], _ rules: TableRules) {
        name = candidate.name
        parts = candidate.runs.map { run in zip(run.folds, folds).map { Part($0, $1, rules) } }
    }

    /// One a tested moment, in order of time: the mean over the runs and folds that test it.
    var netReturns: [Double] {
        let all = parts.joined().flatMap(\.netReturns)
        let isSorted = zip(all, all.dropFirst()).allSatisfy { $0.moment <= $1.moment }
        return SignStrategy.means(isSorted ? all : all.sorted { $0.moment < $1.moment }).map(\.value)
    }

    var row: HonestTable.Row {
        let metrics = ValidationMetric.allCases.reduce(into: [ValidationMetric: MetricSummary]()) { metrics, metric in
            metrics[metric] = MetricSummary(parts.joined().compactMap { $0.metrics[metric] })
        }
        return HonestTable.Row(
            model: name, metric: .accuracy, mean: metrics[.accuracy]?.mean, sd: metrics[.accuracy]?.sd,
            metrics: metrics)
    }
}

extension JudgedCandidate.Part {
    init(_ predictions: Predictions, _ fold: TestFold, _ rules: TableRules) {
        let scores = predictions.scores(fold.rows.map(\.isUp))
        netReturns = rules.strategy.netReturns(of: fold.rows, calls: predictions.calls)
        let all: [ValidationMetric: Double?] = [
            .accuracy: scores.accuracy, .balancedAccuracy: scores.balancedAccuracy, .logLoss: scores.logLoss,
            .brier: scores.brier, .areaUnderCurve: scores.areaUnderCurve, .matthews: scores.matthews,
            .netSharpe: SharpeEstimate(returns: netReturns.map(\.value)).map { $0.value * rules.perYear.squareRoot() },
        ]
        metrics = all.compactMapValues { $0 }
    }
}
