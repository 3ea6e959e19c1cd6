public import Models
internal import Schema

/// Walk-forward validation: fit on a window, test on what follows, move on.
///
/// Lengths are all in samples or all in time. Training samples whose labels reach into the test are purged; what is left out
/// between the two beside that is the embargo. A last test window that the samples do not fill is dropped, and so is a
/// window without any sample to fit on or to test.
public struct WalkForward: Sendable, Hashable {
    public let train: Extent
    public let test: Extent
    /// How far the windows move; the test's length tests every sample once.
    public let step: Extent
    public let embargo: Extent
    /// Whether all training begins with the first sample, and so grows.
    public let isAnchored: Bool

    /// In the one unit that they have in common, samples or nanoseconds.
    private struct Lengths: Sendable, Hashable {
        let train, test, step, embargo: Int64
    }

    private let lengths: Lengths
    private let isByTime: Bool

    /// - Throws: ``EvaluationError/scheme(_:reason:)`` for lengths in different units, in shares, or of zero.
    public init(
        train: Extent, test: Extent, step: Extent? = nil, embargo: Extent? = nil, isAnchored: Bool = false
    ) throws(EvaluationError) {
        (self.train, self.test, self.step, self.isAnchored) = (train, test, step ?? test, isAnchored)
        var lengths: [Int64] = []
        if case .time = train {
            (isByTime, self.embargo) = (true, embargo ?? .time(0))
            for case .time(let time) in [train, test, self.step, self.embargo] { lengths.append(time) }
        } else {
            (isByTime, self.embargo) = (false, embargo ?? .samples(0))
            for case .samples(let count) in [train, test, self.step, self.embargo] { lengths.append(Int64(count)) }
        }
        let text = Self.text(train, test, self.step, self.embargo, isAnchored)
        guard lengths.count == 4 else { throw .scheme(text, reason: "lengths all in samples, or all in time") }
        guard lengths.prefix(3).allSatisfy({ $0 > 0 }), lengths[3] >= 0 else {
            throw .scheme(text, reason: "train, test and step above zero")
        }
        self.lengths = Lengths(train: lengths[0], test: lengths[1], step: lengths[2], embargo: lengths[3])
    }

    /// The splits of samples by their labels' spans, which are in the order of their starts.
    ///
    /// - Throws: ``EvaluationError/tooFewSamples(_:scheme:)`` where there is no whole window.
    public func splits(of spans: [LabelSpan]) throws(EvaluationError) -> [Split] {
        spans.requireOrder()
        let positions = positions(spans)
        let end = end(positions)
        var splits: [Split] = []
        var moved: Int64 = 0
        while case let tested = lengths.train + lengths.embargo + moved, tested + lengths.test <= end {
            let test = indices(positions, tested, tested + lengths.test)
            let train = indices(positions, isAnchored ? 0 : moved, moved + lengths.train)
            if let first = test.first {
                let purged = train.filter { spans[$0].end < spans[first].start }
                if !purged.isEmpty { splits.append(Split(train: purged, test: Array(test))) }
            }
            moved += lengths.step
        }
        guard !splits.isEmpty else { throw .tooFewSamples(spans.count, scheme: "\(self)") }
        return splits
    }

    /// Where each sample is, from the first one's 0 on.
    private func positions(_ spans: [LabelSpan]) -> [Int64] {
        guard isByTime, let first = spans.first else { return spans.indices.map(Int64.init) }
        return spans.map { $0.start.rawValue - first.start.rawValue }
    }

    /// The end of the last sample: in time, one bar after its start, a bar being the least time between two samples.
    private func end(_ positions: [Int64]) -> Int64 {
        guard let last = positions.last else { return 0 }
        guard isByTime else { return last + 1 }
        return last + (zip(positions, positions.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }.min() ?? 0)
    }

    /// The samples within `from ..< to`.
    private func indices(_ positions: [Int64], _ from: Int64, _ to: Int64) -> Range<Int> {
        let first = positions.firstIndex { $0 >= from } ?? positions.count
        return first..<(positions[first...].firstIndex { $0 >= to } ?? positions.count)
    }

    private static func text(
        _ train: Extent, _ test: Extent, _ step: Extent, _ embargo: Extent, _ isAnchored: Bool
    ) -> String {
        var parts = ["train: \(train)", "test: \(test)"]
        if step != test { parts.append("step: \(step)") }
        parts.append("embargo: \(embargo)")
        if isAnchored { parts.append("anchored: true") }
        return "walk-forward(\(parts.joined(separator: ", ")))"
    }
}

extension WalkForward: CustomStringConvertible {
    public var description: String { Self.text(train, test, step, embargo, isAnchored) }
}
