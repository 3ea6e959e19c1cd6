public import Models

/// Splits that train on all that came before, as scikit-learn's `TimeSeriesSplit`, and purge what reaches into the test.
public struct TimeSeriesSplit: Sendable, Hashable {
    public let splits: Int
    /// Samples that are left out between training and test, beside what is purged.
    public let gap: Int
    /// Samples of a test; `nil` is all by one more than the splits.
    public let test: Int?
    /// The most samples to train on; `nil` is no limit.
    public let train: Int?

    /// - Throws: ``EvaluationError/scheme(_:reason:)`` for fewer than two splits, and for counts that are not above zero.
    public init(splits: Int, gap: Int = 0, test: Int? = nil, train: Int? = nil) throws(EvaluationError) {
        (self.splits, self.gap, self.test, self.train) = (splits, gap, test, train)
        guard splits >= 2, gap >= 0, test ?? 1 > 0, train ?? 1 > 0 else {
            throw .scheme("\(self)", reason: "two splits at least, no gap below zero, and samples on both sides")
        }
    }

    /// The splits of samples by their labels' spans, which are in the order of their starts.
    ///
    /// - Throws: ``EvaluationError/tooFewSamples(_:scheme:)`` where nothing would be left to train on.
    public func splits(of spans: [LabelSpan]) throws(EvaluationError) -> [Split] {
        spans.requireOrder()
        let length = test ?? spans.count / (splits + 1)
        let first = spans.count - splits * length
        guard length > 0, first > gap else { throw .tooFewSamples(spans.count, scheme: "\(self)") }
        return (0..<splits).map { split in
            let start = first + split * length
            let end = start - gap
            let begin = train.map { max(0, end - $0) } ?? 0
            return Split(
                train: (begin..<end).filter { spans[$0].end < spans[start].start },
                test: Array(start..<(start + length)))
        }
    }
}

extension TimeSeriesSplit: CustomStringConvertible {
    public var description: String {
        var parts = ["splits: \(splits)", "gap: \(gap)"]
        if let test { parts.append("test: \(test)") }
        if let train { parts.append("train: \(train)") }
        return "time-series(\(parts.joined(separator: ", ")))"
    }
}
