public import Models

/// A way to split samples, as it is written in a settings file.
///
/// | text | meaning |
/// | --- | --- |
/// | `walk-forward(train: 252d, test: 30d, step: 30d, embargo: 1d, anchored: false)` | ``WalkForward``; also in samples |
/// | `purged-k-fold(folds: 5, embargo: 1%)` | ``PurgedKFold``; `boundary: touching` keeps labels that only touch |
/// | `combinatorial-purged(groups: 6, test: 2, embargo: 1%)` | ``CombinatorialPurged`` |
/// | `time-series(splits: 5, gap: 3, test: 20, train: 50)` | ``TimeSeriesSplit`` |
///
/// `step`, `embargo`, `anchored`, `gap`, the last `test` and `train` may be left out.
public enum SplitScheme: Sendable, Hashable {
    case walkForward(WalkForward)
    case purgedKFold(PurgedKFold)
    case combinatorialPurged(CombinatorialPurged)
    case timeSeries(TimeSeriesSplit)

    /// The splits of samples by their labels' spans, which are in the order of their starts.
    ///
    /// - Throws: ``EvaluationError/tooFewSamples(_:scheme:)``
    public func splits(of spans: [LabelSpan]) throws(EvaluationError) -> [Split] {
        switch self {
        case .walkForward(let scheme): try scheme.splits(of: spans)
        case .purgedKFold(let scheme): try scheme.splits(of: spans)
        case .combinatorialPurged(let scheme): try scheme.splits(of: spans)
        case .timeSeries(let scheme): try scheme.splits(of: spans)
        }
    }
}

extension SplitScheme: CustomStringConvertible {
    public var description: String {
        switch self {
        case .walkForward(let scheme): scheme.description
        case .purgedKFold(let scheme): scheme.description
        case .combinatorialPurged(let scheme): scheme.description
        case .timeSeries(let scheme): scheme.description
        }
    }
}

extension SplitScheme {
    /// Reads a text.
    ///
    /// - Throws: ``EvaluationError/scheme(_:reason:)``
    public init(parsing text: String) throws(EvaluationError) {
        var fields = try SchemeFields(parsing: text)
        switch fields.name {
        case "walk-forward":
            self = .walkForward(
                try WalkForward(
                    train: try fields.requiredExtent("train"),
                    test: try fields.requiredExtent("test"), step: try fields.extent("step"),
                    embargo: try fields.extent("embargo"), isAnchored: try fields.flag("anchored") ?? false))
        case "purged-k-fold":
            self = .purgedKFold(
                try PurgedKFold(
                    folds: try fields.requiredCount("folds"),
                    embargo: try fields.extent("embargo") ?? .samples(0),
                    boundary: try fields.value("boundary", "strict or touching") { PurgeBoundary(rawValue: $0) }
                        ?? .strict))
        case "combinatorial-purged":
            self = .combinatorialPurged(
                try CombinatorialPurged(
                    groups: try fields.requiredCount("groups"),
                    testGroups: try fields.requiredCount("test"),
                    embargo: try fields.extent("embargo") ?? .samples(0)))
        case "time-series":
            self = .timeSeries(
                try TimeSeriesSplit(
                    splits: try fields.requiredCount("splits"),
                    gap: try fields.count("gap") ?? 0, test: try fields.count("test"),
                    train: try fields.count("train")))
        default:
            throw .scheme(
                text, reason: "it is none of walk-forward, purged-k-fold, combinatorial-purged and time-series")
        }
        try fields.requireNoMore()
    }
}

extension SplitScheme: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
