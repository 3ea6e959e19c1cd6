internal import Models
internal import Schema

/// What may happen at the ends of a test block.
public enum PurgeBoundary: String, Codable, Sendable {
    /// A training label that shares a moment with the test block's is left out.
    case strict
    /// One that only touches is kept, as in López de Prado's snippet 7.3.
    case touching
}

/// Leaves out of the training samples those whose labels look at the time of test labels, and those shortly after it.
///
/// M. López de Prado, "Advances in Financial Machine Learning", 2018, section 7.4: purging and embargo.
struct Purge {
    /// Of all samples, by their starts.
    let spans: [LabelSpan]
    let embargo: Extent
    var boundary = PurgeBoundary.strict

    /// The samples that may be trained on when all of `blocks` are test samples.
    ///
    /// A block's labels reach from the first one's start to the latest end. Before a block, a sample is kept whose label
    /// ends before that; after it, one that starts later than that, and later by the embargo.
    func trainingSamples(outside blocks: [Range<Int>]) -> [Int] {
        var isKept = Array(repeating: true, count: spans.count)
        for block in blocks where !block.isEmpty {
            let start = spans[block.lowerBound].start
            let end = spans[block].reduce(start) { max($0, $1.end) }
            for sample in 0..<block.lowerBound where !isBefore(spans[sample].end, start) { isKept[sample] = false }
            let resumed = max(block.upperBound, firstSample(after: end))
            for sample in block.lowerBound..<resumed { isKept[sample] = false }
        }
        return spans.indices.filter { isKept[$0] }
    }

    private func isBefore(_ moment: UnixNanos, _ other: UnixNanos) -> Bool {
        boundary == .strict ? moment < other : moment <= other
    }

    /// The first sample after a test block whose labels end at `end`, and after the embargo.
    private func firstSample(after end: UnixNanos) -> Int {
        func first(after moment: UnixNanos) -> Int {
            spans.firstIndex { isBefore(moment, $0.start) } ?? spans.count
        }
        switch embargo {
        case .samples(let count): return min(first(after: end) + count, spans.count)
        case .percent(let percent):
            return min(first(after: end) + Int(Double(spans.count) * percent / 100), spans.count)
        case .time(let length): return first(after: end.advanced(by: length))
        }
    }
}

extension [LabelSpan] {
    /// Stops a caller whose samples are not by time: a split of them would say nothing.
    func requireOrder() {
        precondition(
            zip(self, dropFirst()).allSatisfy { $0.start <= $1.start }, "samples by the time of their features")
    }
}
