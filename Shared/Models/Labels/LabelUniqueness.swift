internal import Schema

/// How much each label tells that its neighbours do not.
///
/// Two labels are concurrent where both look at the same stretch of time. A label's average uniqueness is the mean over its
/// span of one by the number of labels there: 1 for a label that stands alone, 1 ∕ h where each bar begins one of h bars.
/// M. López de Prado, "Advances in Financial Machine Learning", 2018, sections 4.3 and 4.4, which count in bars; here time
/// is weighed by its length, so that holes need no bars.
public enum LabelUniqueness {
    /// The average uniqueness of each label, above 0 and at most 1: its weight in training.
    ///
    /// Spans that only touch share no stretch of time. A span without length is 1.
    public static func averages(of spans: [LabelSpan]) -> [Double] {
        let moments = Set(spans.flatMap { [$0.start, $0.end] }).sorted()
        let places = Dictionary(uniqueKeysWithValues: moments.enumerated().map { ($1, $0) })
        func place(_ moment: UnixNanos) -> Int {
            guard let place = places[moment] else { preconditionFailure("each end of a span is among the moments") }
            return place
        }
        var changes = Array(repeating: 0, count: moments.count)
        for span in spans {
            changes[place(span.start)] += 1
            changes[place(span.end)] -= 1
        }
        // The integral over time of one by the number of concurrent labels, up to each moment.
        var shared = [0.0]
        var concurrent = 0
        for (index, moment) in moments.enumerated().dropLast() {
            concurrent += changes[index]
            let length = Double(moments[index + 1].rawValue - moment.rawValue)
            shared.append(shared[index] + (concurrent > 0 ? length / Double(concurrent) : 0))
        }
        return spans.map { span in
            let length = Double(span.end.rawValue - span.start.rawValue)
            return length > 0 ? (shared[place(span.end)] - shared[place(span.start)]) / length : 1
        }
    }

    /// How many labels that stand alone tell as much: the sum of the averages, at most the number of spans.
    public static func effectiveCount(of spans: [LabelSpan]) -> Double { averages(of: spans).reduce(0, +) }
}
