import Evaluation
import Foundation
import Models
import Schema
import Testing

@Suite("Honest table")
struct HonestTableTests {
    private static let hour: Int64 = 3_600_000_000_000
    private static let free = TableRules(strategy: SignStrategy(fee: 0, slippage: 0), perYear: 8760, blocks: 6)

    /// Hourly rows from `first` on, with labels of one bar: as the changes go, so does the label.
    private static func fold(_ changes: [Double], from first: Int = 0, upShare: Double = 0.75) -> TestFold {
        let rows = changes.enumerated().map { index, change in
            let start = UnixNanos(Int64(first + index) * hour)
            return TestRow(
                instrument: Instrument("test.AAA-USD"), span: LabelSpan(start: start, end: start.advanced(by: hour)),
                isUp: change > 0, lastReturn: index > 0 ? changes[index - 1] : 0, nextReturn: change,
                heldUntil: start.advanced(by: hour))
        }
        return TestFold(rows: rows, trainingRows: 1000, trainingUpShare: upShare)
    }

    private static func model(_ runs: [[Predictions]]) -> Candidate {
        Candidate(
            name: "test", runs: runs.enumerated().map { Candidate.Run(seed: UInt64($0), folds: $1) })
    }

    /// Random changes, as often up as down.
    private static func changes(_ count: Int, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in Double.random(in: -0.01...0.01, using: &random) }
    }

    /// Calls of which a share is right, and as many up as down.
    private static func calls(_ changes: [Double], right: Double, seed: UInt64 = 9) -> Predictions {
        var random = SplitMix64(seed: seed)
        return .calls(changes.map { ($0 > 0) == (Double.random(in: 0..<1, using: &random) < right) })
    }

    @Test("Means and deviations are over folds and seeds, and each baseline is a row beside the model")
    func summary() throws {
        let changes = [[0.01, -0.02, 0.03, 0.01], [-0.01, -0.02, 0.03, -0.01]]
        let folds = [Self.fold(changes[0]), Self.fold(changes[1], from: 4, upShare: 0.25)]
        // Right: 3 of 4 and 2 of 3 with the one seed, 4 of 4 and 2 of 4 with the other.
        let model = Self.model([
            [.probabilities([0.75, 0.25, 0.75, 0.25]), .probabilities([0.75, 0.25, 0.75, 0.5])],
            [.probabilities([0.75, 0.25, 0.75, 0.75]), .probabilities([0.75, 0.25, 0.25, 0.25])],
        ])
        let fitted = Candidate(
            name: "logistic",
            runs: [Candidate.Run(seed: 1, folds: [.probabilities([1, 1, 1, 1]), .calls([nil, nil, nil, nil])])])
        let table = HonestTable(of: model, folds: folds, fitted: [fitted], trials: [0.1, 0.2, 0.3], rules: Self.free)
        let accuracies = [3.0 / 4, 2.0 / 3, 1, 1.0 / 2]
        let mean = accuracies.reduce(0, +) / 4
        let variance = accuracies.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 3
        #expect(abs(try #require(table.mean) - mean) < 1e-15)
        #expect(abs(try #require(table.sd) - variance.squareRoot()) < 1e-15)
        #expect(table.metrics[.accuracy]?.count == 4 && table.metric == .accuracy)
        #expect(abs(try #require(table.accuracy) - 11.0 / 15) < 1e-15)
        #expect(table.folds.map(\.fold) == [1, 1, 2, 2] && table.folds.map(\.seed) == [0, 1, 0, 1])
        let shares = table.folds.compactMap { $0.metrics[.accuracy] }
        let expectedShares: [Double] = [3.0 / 4, 1, 2.0 / 3, 1.0 / 2]
        #expect(shares == expectedShares)
        #expect(table.folds[2].from == "1970-01-01T04:00:00Z" && table.folds[2].to == "1970-01-01T07:00:00Z")
        #expect(table.folds[2].trained == 1000 && table.folds[2].tested == 4)
        #expect(table.trials == 3)

        #expect(table.baselines.map(\.model) == ["last value", "majority class", "buy and hold", "logistic"])
        // After the first row of each fold, whose last return is none: 1 of 3, 1 of 3; 3 of 4, 3 of 4; 3 of 4, 1 of 4.
        let means = table.baselines.map { $0.mean ?? -1 }
        for (value, expected) in zip(means, [1.0 / 3, 3.0 / 4, 1.0 / 2, 3.0 / 4]) {
            #expect(abs(value - expected) < 1e-15)
        }
        // Only what gives probabilities has a log loss.
        #expect(table.baselines.map { $0.metrics[.logLoss] != nil } == [false, true, false, true])
        #expect(table.baselines[3].sd == nil && table.baselines[3].metrics[.accuracy]?.count == 1)
    }

    @Test("Its keys in JSON are the ones that are documented, and it reads itself")
    func json() throws {
        let changes = Self.changes(60, seed: 2)
        let table = HonestTable(
            of: Self.model([[Self.calls(changes, right: 0.5)], [Self.calls(changes, right: 0.6)]]),
            folds: [Self.fold(changes)], trials: [0.1, 0.2], rules: TableRules(perYear: 8760))
        let json = try JSONEncoder().encode(table)
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "model", "metric", "mean", "sd", "metrics", "folds", "baselines", "accuracy", "chance", "trials",
                "deflated_sharpe", "pbo", "verdict",
            ])
        #expect(object["metric"] as? String == "accuracy")
        let metrics = try #require(object["metrics"] as? [String: [String: Any]])
        #expect(Set(metrics.keys) == ["accuracy", "balanced_accuracy", "auc", "mcc", "net_sharpe"])
        #expect(try JSONDecoder().decode(HonestTable.self, from: json) == table)
    }

    @Test("Calls that never change are right as often as chance has it, whichever way the market goes")
    func constant() throws {
        let changes = [Self.changes(50, seed: 3).map { abs($0) }, Self.changes(50, seed: 4).map { -abs($0) }]
        let folds = [Self.fold(changes[0]), Self.fold(changes[1], from: 50)]
        let model = Self.model([[.calls(changes[0].map { _ in true }), .calls(changes[1].map { _ in false })]])
        let table = HonestTable(of: model, folds: folds, trials: [0.5], rules: Self.free)
        #expect(table.accuracy == 1 && table.chance.chance == 1 && table.verdict == .indistinguishable)
    }

    @Test("Rows whose labels overlap, and rows that are tested twice, count as few")
    func effective() {
        let changes = Self.changes(240, seed: 5)
        let model = { (folds: [TestFold]) in Self.model([folds.map { .calls($0.rows.map { _ in true }) }]) }
        let once = [Self.fold(changes)]
        #expect(HonestTable(of: model(once), folds: once, trials: [], rules: Self.free).chance.effectiveCount == 240)
        let twice = once + once
        #expect(HonestTable(of: model(twice), folds: twice, trials: [], rules: Self.free).chance.effectiveCount == 240)
        let overlapping = [
            TestFold(
                rows: once[0].rows.map { row in
                    TestRow(
                        instrument: row.instrument,
                        span: LabelSpan(start: row.span.start, end: row.span.start.advanced(by: 24 * Self.hour)),
                        isUp: row.isUp, lastReturn: 0, nextReturn: 0, heldUntil: row.heldUntil)
                }, trainingRows: 1, trainingUpShare: 0.5)
        ]
        let table = HonestTable(of: model(overlapping), folds: overlapping, trials: [], rules: Self.free)
        #expect((10...14).contains(table.chance.effectiveCount))
        // Half of the rows without a call tell half as much.
        let sparse = Self.model([[.calls(changes.indices.map { $0.isMultiple(of: 2) ? true : nil })]])
        #expect(HonestTable(of: sparse, folds: once, trials: [], rules: Self.free).chance.effectiveCount == 120)
    }

    @Test("Seeds and folds that test the same moment earn their mean, not one after the other")
    func combined() throws {
        let changes = Self.changes(40, seed: 6)
        let folds = [Self.fold(changes)]
        let (first, second) = (Self.calls(changes, right: 0.7, seed: 1), Self.calls(changes, right: 0.7, seed: 2))
        let table = HonestTable(of: Self.model([[first], [second]]), folds: folds, trials: [], rules: Self.free)
        let means = zip(zip(first.calls, second.calls), changes).map { calls, change in
            change * ([calls.0, calls.1].map { $0 == true ? 1 : -1 }.reduce(0, +)) / 2
        }
        let returns = Self.free.strategy.netReturns(of: folds[0].rows, calls: first.calls).map(\.value)
        let annualised = try #require(ReturnMetrics(returns: returns, perYear: 8760).sharpe)
        let netSharpe = try #require(table.folds[0].metrics[.netSharpe])
        #expect(abs(netSharpe - annualised) < 1e-9)
        let expected = try #require(SharpeEstimate(returns: means)).probability()
        #expect(abs(try #require(table.deflatedSharpe) - expected) < 1e-12)
    }

    @Test("The verdict says what was found")
    func verdicts() throws {
        let changes = Self.changes(1000, seed: 7)
        let folds = [Self.fold(changes)]
        func verdict(
            _ predictions: Predictions, fitted: [Candidate] = [], trials: [Double] = [0.1],
            rules: TableRules = Self.free
        ) -> Verdict {
            HonestTable(of: Self.model([[predictions]]), folds: folds, fitted: fitted, trials: trials, rules: rules)
                .verdict
        }
        let good = Self.calls(changes, right: 0.7)
        #expect(verdict(.calls(changes.map { _ in nil })) == .silent)
        #expect(verdict(Self.calls(changes, right: 0.3)) == .worse)
        #expect(verdict(Self.calls(changes, right: 0.5)) == .indistinguishable)
        let rival = Candidate(name: "rival", runs: [Candidate.Run(seed: 0, folds: [Self.calls(changes, right: 0.8)])])
        #expect(verdict(good, fitted: [rival]) == .beaten)
        let dear = TableRules(strategy: SignStrategy(fee: 0.02, slippage: 0), perYear: 8760, blocks: 6)
        #expect(verdict(good, rules: dear) == .costly)
        #expect(verdict(good, trials: [-2, 2]) == .lucky)
        #expect(verdict(good) == .edge)
        // In sample one of these looks best that is right in the one half of the time and wrong in the other.
        let halves = [true, false].map { isEarly in
            let calls = changes.enumerated().map { ($1 > 0) == (($0 < 500) == isEarly) }
            return Candidate(name: "half", runs: [Candidate.Run(seed: 0, folds: [.calls(calls)])])
        }
        let modest = Self.calls(changes, right: 0.58)
        #expect(verdict(modest, fitted: halves) == .overfitted)
        #expect(verdict(modest) == .edge)
    }

    @Test("The probability of overfitting is of choosing among the model and its baselines")
    func overfitting() throws {
        let changes = Self.changes(400, seed: 8)
        let folds = [Self.fold(changes)]
        let table = { (right: Double) in
            HonestTable(
                of: Self.model([[Self.calls(changes, right: right)]]), folds: folds, trials: [], rules: Self.free)
        }
        #expect(table(0.9).pbo == 0)
        let noise = Self.model([[Self.calls(changes, right: 0.5)]])
        let returns =
            [noise.runs[0].folds[0].calls]
            + [
                [nil] + changes.dropLast().map { $0 > 0 }, changes.map { _ in true }, changes.map { _ in true },
            ]
        let expected = try BacktestOverfitting(
            returns: returns.map { calls in
                SignStrategy(fee: 0, slippage: 0).netReturns(of: folds[0].rows, calls: calls).map(\.value)
            }, blocks: 6)
        #expect(table(0.5).pbo == expected.probability)
        // Three bars are no two blocks of two.
        let short = [Self.fold([0.01, -0.01, 0.02])]
        #expect(
            HonestTable(of: Self.model([[.calls([true, true, false])]]), folds: short, trials: [], rules: Self.free).pbo
                == nil)
    }
}
