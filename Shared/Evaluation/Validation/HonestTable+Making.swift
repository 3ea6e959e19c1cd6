internal import Models
internal import Schema

extension HonestTable {
    /// Judges a model and its baselines by the same rows.
    ///
    /// A moment that several folds test, or several seeds, earns the mean of what they earn.
    ///
    /// - Parameters:
    ///   - model: What is to be judged.
    ///   - folds: What came true, by fold.
    ///   - fitted: Baselines that had to be fitted, such as a logistic regression, on the same folds.
    ///   - trials: The Sharpe ratio per bar, after costs, of every fit that was tried, this one's too; `nil` where
    ///     it has none.
    ///   - rules: How all are judged.
    public init(
        of model: Candidate, folds: [TestFold], fitted: [Candidate] = [], trials: [Double?], rules: TableRules
    ) {
        precondition(!folds.isEmpty, "a fold at least")
        let candidates = [model] + Candidate.baselines(folds) + fitted
        for run in candidates.flatMap(\.runs) {
            precondition(
                run.folds.map(\.count) == folds.map(\.rows.count), "a prediction for each row of each fold")
        }
        let judged = candidates.map { JudgedCandidate($0, folds, rules) }
        let rows = judged.map(\.row)
        let returns = judged.map(\.netReturns)
        let sharpe = SharpeEstimate(returns: returns[0])
        self.model = model.name
        (metric, mean, sd, metrics) = (rows[0].metric, rows[0].mean, rows[0].sd, rows[0].metrics)
        self.folds = Self.folds(model, judged[0], folds)
        baselines = Array(rows.dropFirst())
        (accuracy, chance) = Self.accuracy(model, folds, rules)
        self.trials = trials.count
        deflatedSharpe = sharpe?.deflated(by: SharpeTrials(ratios: trials))
        pbo = Self.overfitting(returns, rules)
        verdict = Self.verdict(rows, accuracy, chance, sharpe: sharpe?.value, deflatedSharpe, pbo, rules)
    }

    private static func folds(_ model: Candidate, _ judged: JudgedCandidate, _ folds: [TestFold]) -> [Fold] {
        folds.enumerated().flatMap { number, fold in
            zip(model.runs, judged.parts).map { run, parts in
                Fold(
                    fold: number + 1, seed: run.seed, trained: fold.trainingRows, tested: fold.rows.count,
                    from: fold.rows[0].span.start.description,
                    to: fold.rows[fold.rows.count - 1].span.start.description, metrics: parts[number].metrics)
            }
        }
    }

    /// The share of right calls, and where it lies by chance: calls as many, as often up and as often down in each fold.
    ///
    /// Rows whose labels overlap in time count as the fewer that they are worth: those that several folds test, and those
    /// of different instruments too, since markets move together.
    private static func accuracy(
        _ model: Candidate, _ folds: [TestFold], _ rules: TableRules
    ) -> (accuracy: Double?, chance: ChanceInterval) {
        var (right, expected, called, asked) = (0.0, 0.0, 0.0, 0.0)
        for run in model.runs {
            for (predictions, fold) in zip(run.folds, folds) {
                asked += Double(fold.rows.count)
                let pairs = zip(predictions.calls, fold.rows).compactMap { call, row in call.map { ($0, row.isUp) } }
                guard !pairs.isEmpty else { continue }
                let count = Double(pairs.count)
                let upCalls = Double(pairs.count { $0.0 }) / count
                let ups = Double(pairs.count { $0.1 }) / count
                called += count
                right += Double(pairs.count { $0.0 == $0.1 })
                expected += count * (upCalls * ups + (1 - upCalls) * (1 - ups))
            }
        }
        return (
            called > 0 ? right / called : nil,
            ChanceInterval(
                chance: called > 0 ? expected / called : 0.5,
                effectiveCount: LabelUniqueness.effectiveCount(of: folds.flatMap(\.rows).map(\.span)) * called / asked,
                confidence: rules.confidence)
        )
    }

    /// Over as many blocks as have two bars each, and as the rules allow.
    private static func overfitting(_ returns: [[Double]], _ rules: TableRules) -> Double? {
        let blocks = min(rules.blocks, returns[0].count / 4 * 2)
        guard blocks >= 2 else { return nil }
        return try? BacktestOverfitting(returns: returns, blocks: blocks).probability
    }

    private static func verdict(
        _ rows: [Row], _ accuracy: Double?, _ chance: ChanceInterval, sharpe: Double?, _ deflated: Double?,
        _ pbo: Double?, _ rules: TableRules
    ) -> Verdict {
        guard let accuracy, let mean = rows[0].mean else { return .silent }
        if accuracy < chance.lower { return .worse }
        if accuracy <= chance.upper { return .indistinguishable }
        if rows.dropFirst().contains(where: { $0.mean.map { $0 >= mean } ?? false }) { return .beaten }
        guard let sharpe, sharpe > 0 else { return .costly }
        guard let deflated, deflated >= rules.significance else { return .lucky }
        if let pbo, pbo >= 0.5 { return .overfitted }
        return .edge
    }
}
