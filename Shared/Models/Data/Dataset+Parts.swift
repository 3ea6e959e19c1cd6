internal import Schema

/// The samples of one fit, numbers in order of time.
public struct FitParts: Sendable, Hashable {
    public let training: [Int]
    public let validation: [Int]
}

extension Dataset {
    /// Parts what may be trained on into what is learned from and what tells when to stop: the newest share.
    ///
    /// A sample whose learning looks at a moment of the validation's part is left out, and so is one after a test whose
    /// window looks at a moment that the test's labels looked at.
    ///
    /// - Parameters:
    ///   - candidates: Samples that a split trains on, in order of time.
    ///   - test: Those that it tests, in order of time.
    ///   - validationShare: Of the moments of what is left.
    /// - Returns: Two empty parts where there is too little for two.
    public func parts(of candidates: [Int], test: [Int] = [], validationShare: Double = 0.15) -> FitParts {
        let blocks = blocks(of: test)
        let clear = candidates.filter { sample in
            let (first, last) = (windowStart(sample), spans[sample].start)
            return !blocks.contains { $0.start < last && first <= $0.end }
        }
        let moments = Set(clear.map { spans[$0].start }).sorted()
        let cut = Int(Double(moments.count) * (1 - validationShare))
        guard cut > 0, cut < moments.count else { return FitParts(training: [], validation: []) }
        return FitParts(
            training: clear.filter { spans[$0].end < moments[cut] },
            validation: clear.filter { spans[$0].start >= moments[cut] })
    }

    /// The stretches of time that the samples' learning looks at, each as long as it has no hole.
    private func blocks(of samples: [Int]) -> [LabelSpan] {
        samples.reduce(into: []) { blocks, sample in
            let span = spans[sample]
            if let last = blocks.last, span.start <= last.end {
                blocks[blocks.count - 1] = LabelSpan(start: last.start, end: max(last.end, span.end))
            } else {
                blocks.append(span)
            }
        }
    }
}
