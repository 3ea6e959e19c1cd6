import Evaluation
import Models
import Schema
import Store
import TestKit
import Testing

@testable import Tidegate

@Suite("Training report")
struct TrainingReportTests {
    /// A table of two folds of a model that is right three times in four.
    private func outcome() throws -> TrainingOutcome {
        let hour = Timeframe.hour1.nanoseconds
        func fold(_ number: Int64) -> TestFold {
            TestFold(
                rows: (Int64(0)..<40).map { row in
                    let start = UnixNanos(seconds: 1_700_000_000).advanced(by: (number * 100 + row) * hour)
                    let isUp = row % 3 == 0
                    return TestRow(
                        instrument: Instrument("binance.BTC-USDT"),
                        span: LabelSpan(start: start, end: start.advanced(by: hour)), isUp: isUp, lastReturn: 0.001,
                        nextReturn: isUp ? 0.01 : -0.01, heldUntil: start.advanced(by: hour))
                }, trainingRows: 500, trainingUpShare: 0.4)
        }
        let folds = [fold(0), fold(1)]
        let said = folds.map { fold in
            Predictions.probabilities(
                fold.rows.enumerated().map { $0.element.isUp == ($0.offset % 4 != 0) ? 0.7 : 0.3 })
        }
        let table = HonestTable(
            of: Candidate(name: "tft", runs: [1, 2].map { Candidate.Run(seed: $0, folds: said) }), folds: folds,
            trials: [0.1, 0.2, 0.3], rules: TableRules(perYear: 8760))
        return TrainingOutcome(
            version: "tft-1", split: try SplitScheme(parsing: "walk-forward(train: 252d, test: 30d)"),
            label: "direction(after: 1h)", table: table,
            origins: DataOrigins([.exchange: 90, .synthetic: 10]))
    }

    private func job(_ result: JSONText?) async throws -> Job {
        try await PostgresFixture.withDatabase { url in
            let queue = JobQueue(try PostgresConnection(url))
            try queue.submit("training", payload: "{}", key: "a")
            let lease = try #require(try queue.claim(["training"], owner: "o", seconds: 60))
            if let result { try queue.complete(lease, result: result) } else { try queue.fail(lease, error: "no") }
            return try #require(try queue.job(lease.job.id))
        }
    }

    @Test("A person reads the version, how it was judged, and everything beside the model")
    func text() async throws {
        let job = try await job(JSONText(encoding: outcome()))
        let text = try #require(try TrainingReport(job)).text
        for part in [
            "tft-1\ndirection(after: 1h); walk-forward(train: 252d, test: 30d, embargo: 0m)\n2 folds, 2 seeds, tested 2023-11-14",
            "\n100 candles: exchange 90, synthetic 10\n",
            "tft             0.7500 ± 0.000", "last value", "majority class", "buy and hold", "fits tried so far: 3",
            "accuracy over all calls: 75.00 %", "verdict: ",
        ] { #expect(text.contains(part), "\(part) in\n\(text)") }
    }

    @Test("A program reads one object, with the table's keys beside the job's, and null where there is nothing")
    func object() async throws {
        guard case .object(let done) = try TrainingReport.object(of: await job(JSONText(encoding: outcome()))) else {
            Issue.record("no object")
            return
        }
        for key in [
            "model", "folds", "metric", "mean", "sd", "baselines", "trials", "deflated_sharpe", "pbo", "version",
        ] {
            #expect(done[key] != nil, "\(key)")
        }
        #expect(done["state"] == .string("done") && done["error"] == .null)
        let failed = try await job(nil)
        #expect(try TrainingReport(failed) == nil)
        #expect(
            try TrainingReport.object(of: failed)
                == .object(["job": .integer(failed.id), "state": .string("failed"), "error": .string("no")]))
    }
}
