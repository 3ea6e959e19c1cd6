import Evaluation
import Foundation
import TestKit
import Testing

/// Probabilistic and deflated Sharpe ratios against `golden/04_performance.json`: numpy and SciPy from the papers.
@Suite("Golden Sharpe statistics", .enabled(if: SharedData.required || SharedData.folder != nil))
struct GoldenSharpeTests {
    private struct File: Decodable { let psr_dsr: Reference }
    private struct Reference: Decodable {
        struct Series: Decodable {
            let returns: [Double]?
            let sr: Double
            let skew: Double
            let kurt: Double
            let psr_vs_0: Double
            let psr_z_vs_0: Double
            let dsr: Double
            let dsr_z: Double
            let min_track_record_length_vs_0_at_95: Double
        }
        let rule: String
        let euler_gamma: Double
        let trial_sharpes: [Double]
        let var_trials_ddof1: Double
        let n_trials: Int
        let expected_max_sharpe_SR0: Double
        let strategy: Series
        let second_series: Series
    }

    private let data: Data
    private let reference: Reference
    private let strategyReturns: [Double]

    init() throws {
        let folder = try #require(SharedData.folder).appending(path: "golden")
        data = try Data(contentsOf: folder.appending(path: "04_performance.json"))
        reference = try JSONDecoder().decode(File.self, from: data).psr_dsr
        let table = try String(contentsOf: folder.appending(path: "04_returns.csv"), encoding: .utf8)
        let rows = table.split(separator: "\n").map { $0.split(separator: ",") }
        let column = try #require(rows[0].firstIndex { $0 == "strategy_return" })
        strategyReturns = try rows.dropFirst().map { try #require(Double($0[column])) }
    }

    @Test("The block holds nothing that these tests do not read")
    func everyKey() throws {
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let block = try #require(file["psr_dsr"] as? [String: Any])
        #expect(
            Set(block.keys) == [
                "rule", "euler_gamma", "trial_sharpes", "var_trials_ddof1", "n_trials", "expected_max_sharpe_SR0",
                "strategy", "second_series",
            ])
        let series: Set = [
            "sr", "skew", "kurt", "psr_vs_0", "psr_z_vs_0", "dsr", "dsr_z", "min_track_record_length_vs_0_at_95",
        ]
        #expect(Set(try #require(block["strategy"] as? [String: Any]).keys) == series)
        #expect(Set(try #require(block["second_series"] as? [String: Any]).keys) == series.union(["returns"]))
    }

    @Test("The best ratio to expect of trials without skill is the papers'")
    func trials() {
        let trials = SharpeTrials(ratios: reference.trial_sharpes)
        #expect(trials.count == reference.n_trials)
        #expect(abs(trials.variance - reference.var_trials_ddof1) < 1e-15)
        #expect(abs(trials.expectedMaximum - reference.expected_max_sharpe_SR0) < 1e-12)
    }

    @Test("Ratio, moments, probability, deflation and track record are the reference's, for both series")
    func estimates() throws {
        let second = try #require(reference.second_series.returns)
        let trials = SharpeTrials(ratios: reference.trial_sharpes)
        for (returns, golden) in [(strategyReturns, reference.strategy), (second, reference.second_series)] {
            let estimate = try #require(SharpeEstimate(returns: returns))
            let pairs = [
                (estimate.value, golden.sr), (estimate.skewness, golden.skew), (estimate.kurtosis, golden.kurt),
                (estimate.probability(), golden.psr_vs_0), (estimate.score(), golden.psr_z_vs_0),
                (estimate.deflated(by: trials), golden.dsr),
                (estimate.score(above: trials.expectedMaximum), golden.dsr_z),
            ]
            for (value, expected) in pairs { #expect(abs(value - expected) <= 1e-12) }
            // The mean of the first series is near zero, so its square amplifies the rounding of the returns.
            let bars = try #require(estimate.minimumTrackRecord())
            #expect(abs(bars / golden.min_track_record_length_vs_0_at_95 - 1) <= 1e-9)
        }
    }
}
