public import Models

/// k-fold cross-validation of samples whose labels overlap: purged and embargoed.
///
/// Every sample is tested once, in blocks of consecutive ones. M. López de Prado, "Advances in Financial Machine Learning",
/// 2018, section 7.4.
public struct PurgedKFold: Sendable, Hashable {
    public let folds: Int
    /// What is left out after each test block, beside what is purged.
    public let embargo: Extent
    public let boundary: PurgeBoundary

    /// - Throws: ``EvaluationError/scheme(_:reason:)`` for fewer than two folds.
    public init(
        folds: Int, embargo: Extent = .samples(0), boundary: PurgeBoundary = .strict
    ) throws(EvaluationError) {
        (self.folds, self.embargo, self.boundary) = (folds, embargo, boundary)
        guard folds >= 2 else { throw .scheme("\(self)", reason: "two folds at least") }
    }

    /// The splits of samples by their labels' spans, which are in the order of their starts.
    ///
    /// - Throws: ``EvaluationError/tooFewSamples(_:scheme:)`` where a fold would be empty.
    public func splits(of spans: [LabelSpan]) throws(EvaluationError) -> [Split] {
        spans.requireOrder()
        guard spans.count >= folds else { throw .tooFewSamples(spans.count, scheme: "\(self)") }
        let purge = Purge(spans: spans, embargo: embargo, boundary: boundary)
        return Self.blocks(spans.count, folds).map { block in
            Split(train: purge.trainingSamples(outside: [block]), test: Array(block))
        }
    }

    /// Consecutive blocks as equal as can be, the longer ones first, as numpy's `array_split` makes them.
    static func blocks(_ count: Int, _ blocks: Int) -> [Range<Int>] {
        let (length, longer) = count.quotientAndRemainder(dividingBy: blocks)
        return (0..<blocks).map { block in
            let start = block * length + min(block, longer)
            return start..<(start + length + (block < longer ? 1 : 0))
        }
    }
}

extension PurgedKFold: CustomStringConvertible {
    public var description: String {
        let end = boundary == .strict ? "" : ", boundary: \(boundary.rawValue)"
        return "purged-k-fold(folds: \(folds), embargo: \(embargo)\(end))"
    }
}
