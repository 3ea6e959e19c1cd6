import Evaluation
import Models
import Schema
import Testing

/// What validation says where there is nothing to find.
@Suite("Validation of nothing")
struct NullTests {
    private static let hour = Timeframe.hour1.nanoseconds
    private static let rules = TableRules(
        strategy: SignStrategy(fee: 0, slippage: 0), perYear: Timeframe.hour1.perYear, blocks: 6)

    /// The hourly returns of a random walk.
    private static func returns(_ count: Int, _ random: inout SplitMix64) -> [Double] {
        (0..<count).map { _ in Double.random(in: -0.01...0.01, using: &random) }
    }

    /// A fold of `returns`, each row labelled by the sum of the next `horizon` of them.
    private static func fold(_ returns: [Double], from first: Int = 0, horizon: Int = 1, upShare: Double) -> TestFold {
        let rows = (0...(returns.count - horizon)).map { index in
            let start = UnixNanos(Int64(first + index) * hour)
            return TestRow(
                instrument: Instrument("test.AAA-USD"),
                span: LabelSpan(start: start, end: start.advanced(by: Int64(horizon) * hour)),
                isUp: returns[index..<index + horizon].reduce(0, +) > 0,
                lastReturn: index > 0 ? returns[index - 1] : 0, nextReturn: returns[index],
                heldUntil: start.advanced(by: hour))
        }
        return TestFold(rows: rows, trainingRows: 1000, trainingUpShare: upShare)
    }

    private static func table(_ folds: [TestFold], trials: [Double], _ call: (_ row: Int) -> Bool) -> HonestTable {
        let run = Candidate.Run(seed: 0, folds: folds.map { .calls($0.rows.indices.map(call)) })
        return HonestTable(of: Candidate(name: "coin", runs: [run]), folds: folds, trials: trials, rules: rules)
    }

    @Test("A coin on a random walk lies within the interval as often as it says, and nothing else finds an edge either")
    func coin() {
        let runs = 1000
        var (outside, significant, overfitting) = (0, 0, 0.0)
        var verdicts: [Verdict: Int] = [:]
        for seed in 0..<runs {
            var random = SplitMix64(seed: UInt64(seed))
            let folds = [0, 40].map { first in
                Self.fold(
                    Self.returns(40, &random), from: first, upShare: Double.random(in: 0.4...0.6, using: &random))
            }
            let table = Self.table(folds, trials: [0]) { _ in Bool.random(using: &random) }
            if !table.chance.contains(table.accuracy ?? 0.5) { outside += 1 }
            if let sharpe = table.deflatedSharpe, sharpe >= 0.95 { significant += 1 }
            overfitting += (table.pbo ?? 0) / Double(runs)
            verdicts[table.verdict, default: 0] += 1
        }
        print("outside \(outside), significant \(significant), pbo \(overfitting), verdicts \(verdicts)")
        // One in a hundred: 21 is the 99.9 % quantile of the binomial distribution. None would be no interval.
        #expect((1...21).contains(outside))
        // One in twenty, by 3.3 standard deviations.
        #expect((28...72).contains(significant))
        // The spread of single results is below 0.3.
        #expect(abs(overfitting - 0.5) < 0.03)
        // Half of one in a hundred are above: 13 is the 99.9 % quantile.
        #expect(verdicts[.edge, default: 0] <= 13)
    }

    @Test("The best of ten coins is no discovery when it is deflated, and often one when it is not")
    func bestOfTen() throws {
        let runs = 400
        var (deflated, bare) = (0, 0)
        for seed in 0..<runs {
            var random = SplitMix64(seed: UInt64(seed))
            let estimates = try (0..<10).map { _ in
                try #require(SharpeEstimate(returns: Self.returns(120, &random)))
            }
            let best = try #require(estimates.max { $0.value < $1.value })
            if best.deflated(by: SharpeTrials(ratios: estimates.map(\.value))) >= 0.95 { deflated += 1 }
            if best.probability() >= 0.95 { bare += 1 }
        }
        print("deflated \(deflated), bare \(bare) of \(runs)")
        // One in twenty would be 20; 1 − 0.95¹⁰ of 400 would be 160.
        #expect(deflated <= 20 && bare >= 120)
    }

    @Test(
        "Calls that last as long as their labels leave the interval when overlaps are not counted, and not when they are"
    )
    func overlap() {
        let (runs, horizon) = (120, 24)
        var (outside, uncorrected) = (0, 0)
        for seed in 0..<runs {
            var random = SplitMix64(seed: UInt64(seed))
            let fold = Self.fold(Self.returns(500, &random), horizon: horizon, upShare: 0.5)
            var call = true
            let table = Self.table([fold], trials: []) { row in
                if row.isMultiple(of: horizon) { call = Bool.random(using: &random) }
                return call
            }
            let naive = ChanceInterval(chance: table.chance.chance, effectiveCount: Double(fold.rows.count))
            if !table.chance.contains(table.accuracy ?? 0.5) { outside += 1 }
            if !naive.contains(table.accuracy ?? 0.5) { uncorrected += 1 }
        }
        print("outside \(outside), uncorrected \(uncorrected) of \(runs)")
        #expect(outside <= 5 && uncorrected >= 30)
    }
}
