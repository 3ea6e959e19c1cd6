public import Models
internal import Schema

/// How a training is validated: the folds, what is fitted for each, and the table that comes of it.
///
/// The same data and the same scheme give the same plan wherever it is made.
public struct ValidationPlan: Sendable {
    public let data: Dataset
    public let scheme: SplitScheme
    /// Of the data's samples.
    public let splits: [Split]
    /// What came true in each of the splits' tests.
    public let folds: [TestFold]

    /// - Throws: ``EvaluationError`` where there are too few samples for the scheme.
    public init(_ data: Dataset, _ scheme: SplitScheme) throws(EvaluationError) {
        (self.data, self.scheme) = (data, scheme)
        splits = try scheme.splits(of: data.spans)
        let rows = data.testRows
        var folds: [TestFold] = []
        for split in splits { folds.append(try TestFold(split, of: rows)) }
        self.folds = folds
    }

    /// Models beside which every model stands, where they are not the model itself.
    public static let baselines = ["logistic-regression", "xgboost"]

    /// Everything that is fitted: the model in each fold from each seed, each baseline in each fold, and the version.
    public func fits(of model: String, seeds: [UInt64]) -> [Fit] {
        let folds = 1...folds.count
        return folds.flatMap { fold in
            seeds.map { Fit(model: model, fold: fold, seed: $0) }
                + Self.baselines.filter { $0 != model }.map { Fit(model: $0, fold: fold, seed: seeds[0]) }
        } + [Fit(model: model, fold: Fit.version, seed: seeds[0])]
    }

    /// The samples of a fit.
    ///
    /// - Throws: ``Models/TrainingError/tooFewSamples(training:validation:)``
    public func task(_ fit: Fit, threads: Int) throws -> FittingTask {
        let parts =
            if fit.fold == Fit.version {
                data.parts(of: newest)
            } else {
                data.parts(of: splits[fit.fold - 1].train, test: splits[fit.fold - 1].test)
            }
        return try FittingTask(
            data, training: parts.training, validation: parts.validation, seed: fit.seed, threads: threads)
    }

    /// The samples that the version learns from: the newest, over as long a time as the last fold trains on.
    private var newest: [Int] {
        guard case .walkForward(let scheme) = self.scheme, !scheme.isAnchored, let last = data.spans.last,
            let fold = splits.last?.train, let oldest = fold.first, let newest = fold.last
        else { return Array(data.spans.indices) }
        let length = data.spans[newest].start.rawValue - data.spans[oldest].start.rawValue
        return data.spans.indices.filter { data.spans[$0].start.rawValue >= last.start.rawValue - length }
    }

    /// What a fitted model says of its fold's test samples, in their order; nothing of the version itself.
    public func predictions(of model: any DirectionModel, in fit: Fit) throws -> [Double] {
        guard fit.fold != Fit.version else { return [] }
        let inputs = data.inputs(splits[fit.fold - 1].test, length: model.window)
        return try model.probabilities(of: inputs).map(Double.init)
    }

    /// How a fit did in its fold.
    public func score(_ predictions: [Double], in fit: Fit, _ rules: TableRules) -> FitScore {
        FitScore(.probabilities(predictions), folds[fit.fold - 1], rules)
    }

    /// The table of a model and all beside it.
    ///
    /// It needs the predictions of every fit but the version's, and as `trials` the Sharpe ratio per bar of every fit that
    /// was tried, these too; `nil` where it has none.
    public func table(
        of model: String, seeds: [UInt64], predictions: [Fit: [Double]], trials: [Double?], rules: TableRules
    ) -> HonestTable {
        func candidate(_ name: String, _ seeds: [UInt64]) -> Candidate {
            Candidate(
                name: name,
                runs: seeds.map { seed in
                    Candidate.Run(
                        seed: seed,
                        folds: (1...folds.count).map { fold in
                            guard let found = predictions[Fit(model: name, fold: fold, seed: seed)] else {
                                preconditionFailure("predictions of \(name) in fold \(fold) from seed \(seed)")
                            }
                            return .probabilities(found)
                        })
                })
        }
        return HonestTable(
            of: candidate(model, seeds), folds: folds,
            fitted: Self.baselines.filter { $0 != model }.map { candidate($0, [seeds[0]]) }, trials: trials,
            rules: rules)
    }
}

/// How one fit did in its fold, for the books.
public struct FitScore: Codable, Sendable, Hashable {
    public let metrics: [ValidationMetric: Double]
    /// Of the strategy's returns after costs, per bar; `nil` where they never change.
    public let sharpe: Double?

    init(_ predictions: Predictions, _ fold: TestFold, _ rules: TableRules) {
        let part = JudgedCandidate.Part(predictions, fold, rules)
        metrics = part.metrics
        sharpe = SharpeEstimate(returns: part.netReturns.map(\.value))?.value
    }
}

extension Dataset {
    /// What came true after each sample, in their order.
    var testRows: [TestRow] {
        samples.map { sample in
            candles[sample.instrument].testRow(sample.candle, span: sample.span, isUp: sample.answer.isUp)
        }
    }
}
