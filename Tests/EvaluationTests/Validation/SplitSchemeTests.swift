import Evaluation
import Foundation
import Models
import Schema
import Testing

@Suite("Split schemes")
struct SplitSchemeTests {
    @Test(
        "A scheme is written as it is read",
        arguments: [
            "walk-forward(train: 252d, test: 30d, embargo: 1d)",
            "walk-forward(train: 36h, test: 90m, step: 45m, embargo: 0m, anchored: true)",
            "walk-forward(train: 100, test: 20, step: 10, embargo: 5)",
            "purged-k-fold(folds: 5, embargo: 1.5%)", "purged-k-fold(folds: 5, embargo: 7%, boundary: touching)",
            "combinatorial-purged(groups: 6, test: 2, embargo: 4h)", "time-series(splits: 5, gap: 3)",
            "time-series(splits: 4, gap: 0, test: 20, train: 50)",
        ])
    func roundTrip(text: String) throws {
        let scheme = try SplitScheme(parsing: text)
        #expect(scheme.description == text)
        #expect(try SplitScheme(parsing: text.filter { $0 != " " }) == scheme)
        let json = try JSONEncoder().encode([scheme])
        #expect(try JSONDecoder().decode([SplitScheme].self, from: json) == [scheme])
    }

    @Test("What is left out has its standard")
    func standards() throws {
        #expect(
            try SplitScheme(parsing: "walk-forward(train: 10d, test: 2d)")
                == .walkForward(try WalkForward(train: .days(10), test: .days(2), step: .days(2), embargo: .time(0))))
        #expect(
            try SplitScheme(parsing: "purged-k-fold(folds: 3)")
                == .purgedKFold(try PurgedKFold(folds: 3, embargo: .samples(0), boundary: .strict)))
        #expect(
            try SplitScheme(parsing: "time-series(splits: 3)") == .timeSeries(try TimeSeriesSplit(splits: 3, gap: 0)))
    }

    @Test(
        "A text that says something else is refused, with the reason",
        arguments: [
            ("walk-forward", "it is not written name(field: value, field: value)"),
            ("k-fold(folds: 5)", "it is none of walk-forward, purged-k-fold, combinatorial-purged and time-series"),
            ("purged-k-fold(folds: 5, purge: 3)", "it has no field purge"),
            ("purged-k-fold(folds: 5, folds: 6)", "folds is given twice"),
            ("purged-k-fold(folds)", "\"folds\" is not a field and its value"),
            ("purged-k-fold(embargo: 1%)", "it has no folds"), ("walk-forward(train: 10)", "it has no test"),
            ("purged-k-fold(folds: many)", "folds is \"many\", not a whole number below a thousand million"),
            ("purged-k-fold(folds: 5, embargo: 101%)", "embargo is \"101%\", not a length like 100, 30d, 4h or 1%"),
            ("purged-k-fold(folds: 5, embargo: -1)", "embargo is \"-1\", not a length like 100, 30d, 4h or 1%"),
            ("purged-k-fold(folds: 5, embargo: 1.5d)", "embargo is \"1.5d\", not a length like 100, 30d, 4h or 1%"),
            (
                "purged-k-fold(folds: 5, embargo: 9999999d)",
                "embargo is \"9999999d\", not a length like 100, 30d, 4h or 1%"
            ),
            ("purged-k-fold(folds: 5, boundary: loose)", "boundary is \"loose\", not strict or touching"),
            ("walk-forward(train: 10, test: 5, anchored: yes)", "anchored is \"yes\", not true or false"),
            ("walk-forward(train: 10d, test: 5)", "lengths all in samples, or all in time"),
            ("walk-forward(train: 10%, test: 5%)", "lengths all in samples, or all in time"),
            ("walk-forward(train: 10, test: 0)", "train, test and step above zero"),
            ("purged-k-fold(folds: 1)", "two folds at least"),
            ("combinatorial-purged(groups: 4, test: 4)", "test groups fewer than groups, and one at least"),
            ("combinatorial-purged(groups: 999999999, test: 2)", "more than 10000 splits"),
            ("combinatorial-purged(groups: 16, test: 8)", "more than 10000 splits"),
            (
                "purged-k-fold(folds: 9223372036854775807)",
                "folds is \"9223372036854775807\", not a whole number below a thousand million"
            ),
            (
                "purged-k-fold(folds: 5, embargo: 9223372036854775807)",
                "embargo is \"9223372036854775807\", not a length like 100, 30d, 4h or 1%"
            ),
            (
                "purged-k-fold(folds: 5, embargo: 40000d)",
                "embargo is \"40000d\", not a length like 100, 30d, 4h or 1%"
            ),
            ("combinatorial-purged(groups: 40, test: 20)", "more than 10000 splits"),
            ("time-series(splits: 1)", "two splits at least, no gap below zero, and samples on both sides"),
        ])
    func refused(text: String, reason: String) throws {
        let error = #expect(throws: EvaluationError.self) { _ = try SplitScheme(parsing: text) }
        guard case .scheme(_, let given) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(given == reason)
    }

    @Test(
        "Samples that are too few are refused",
        arguments: [
            "purged-k-fold(folds: 5)", "combinatorial-purged(groups: 5, test: 2)", "walk-forward(train: 3, test: 2)",
            "walk-forward(train: 3d, test: 2d)", "time-series(splits: 4, gap: 0)",
            "time-series(splits: 2, gap: 2, test: 1)",
        ])
    func tooFew(text: String) throws {
        let scheme = try SplitScheme(parsing: text)
        let spans = (0..<4).map {
            LabelSpan(start: UnixNanos(seconds: $0 * 86_400), end: UnixNanos(seconds: $0 * 86_400))
        }
        let error = #expect(throws: EvaluationError.self) { _ = try scheme.splits(of: spans) }
        guard case .tooFewSamples(4, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(throws: EvaluationError.self) { _ = try scheme.splits(of: []) }
    }
}
