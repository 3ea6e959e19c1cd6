public import Models
internal import Schema

extension SplitScheme {
    /// The scheme where none is asked for: a year's trading days of training (252 days), a month of test (30 days), a day
    /// between the two, then a month on; for a rough validation four months on.
    ///
    /// History too short for two such folds is walked through in parts of its own length: half of it to train, a tenth to
    /// test.
    public static func standard(for data: Dataset, isQuick: Bool) throws(EvaluationError) -> SplitScheme {
        guard let first = data.spans.first, let last = data.spans.last else {
            throw .tooFewSamples(0, scheme: "walk-forward")
        }
        let (day, bar) = (Timeframe.day1.nanoseconds, data.timeframe.nanoseconds)
        let length = last.start.rawValue - first.start.rawValue + bar
        if length >= (252 + 1 + 30 + 30) * day {
            return .walkForward(
                try WalkForward(
                    train: .days(252), test: .days(30), step: .days(isQuick ? 120 : 30), embargo: .days(1)))
        }
        func part(_ divisor: Int64) -> Extent { .time(max(length / divisor / bar, 1) * bar) }
        return .walkForward(
            try WalkForward(train: part(2), test: part(10), step: part(isQuick ? 5 : 10), embargo: .time(bar)))
    }
}
