import Evaluation
import Foundation
import TestKit
import Testing

/// Performance numbers against `golden/04_*`: numpy from the formulas, empyrical and quantstats.
@Suite("Golden performance", .enabled(if: SharedData.required || SharedData.folder != nil))
struct GoldenPerformanceTests {
    private static func object() throws -> [String: Any] {
        let folder = try #require(SharedData.folder)
        let data = try Data(contentsOf: folder.appending(path: "golden/04_performance.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// A column of a golden table.
    private static func column(_ name: String, of file: String) throws -> [Double] {
        let folder = try #require(SharedData.folder)
        let text = try String(contentsOf: folder.appending(path: "golden/\(file)"), encoding: .utf8)
        let rows = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let index = try #require(rows[0].firstIndex { $0 == name })
        return try rows.dropFirst().map { try #require(Double($0[index])) }
    }

    private static func isNear(_ value: Double, _ expected: Double) -> Bool {
        abs(value - expected) <= 1e-12 + 1e-9 * abs(expected)
    }

    /// Compares by name; a golden number that is neither compared nor named in `without` is a failure.
    private static func compare(
        _ title: String, _ values: [String: Double?], with golden: [String: Any], without: Set<String>
    ) throws {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let expected = try #require(golden[name], "\(title) has no \(name)")
            if expected is NSNull {
                #expect(value == nil, "\(name)")
            } else {
                let number = try #require(expected as? Double, "\(name)")
                #expect(
                    Self.isNear(try #require(value, "\(name)"), number),
                    "\(name): \(String(describing: value)) \(number)")
            }
        }
        let numbers = golden.filter { $0.value is NSNumber || $0.value is NSNull }
        #expect(Set(numbers.keys) == Set(values.keys).union(without), "\(title)")
    }

    @Test("Returns, ratios and drawdown are those of three libraries")
    func returns() throws {
        let golden = try Self.object()
        let returns = try Self.column("strategy_return", of: "04_returns.csv")
        let metrics = ReturnMetrics(returns: returns, perYear: 365)
        let excess = ReturnMetrics(returns: returns, perYear: 365, riskFree: 0.02)
        let drawdown = metrics.drawdown
        try Self.compare(
            "numpy",
            [
                "n": Double(metrics.count), "total_return": metrics.total, "cagr": metrics.annualised,
                "annual_arith_mean": metrics.annualisedMean, "annual_volatility": metrics.volatility,
                "sharpe_rf0": metrics.sharpe, "sharpe_rf_2pct_per_year_arith": excess.sharpe,
                "downside_deviation_annual": metrics.downsideDeviation, "sortino_mar0": metrics.sortino,
                "max_drawdown": drawdown.maximum, "peak_index": Double(drawdown.peakIndex),
                "trough_index": Double(drawdown.troughIndex), "recovery_index": drawdown.recoveryIndex.map(Double.init),
                "peak_to_trough_bars": Double(drawdown.troughIndex - drawdown.peakIndex),
                "longest_underwater_bars": Double(drawdown.longest), "ulcer_index": drawdown.ulcerIndex,
                "mean_drawdown": drawdown.mean, "calmar": metrics.calmar, "var95_hist": metrics.valueAtRisk95,
                "cvar95_hist_mean_le_var": metrics.expectedShortfall95, "var99_hist": Quantile.linear(returns, 0.01),
                "skew_biased": metrics.skewness, "kurtosis_nonexcess_biased": metrics.kurtosis,
                "omega_0": metrics.profitFactor, "best": metrics.best, "worst": metrics.worst,
                "positive_bar_share": metrics.winRate,
                "peak_to_recovery_bars": drawdown.recoveryIndex.map { Double($0 - drawdown.peakIndex) },
                "gain_to_pain_sum_over_abs_losses": metrics.profitFactor.map { $0 - 1 },
            ], with: try #require(golden["numpy_from_formula"] as? [String: Any]),
            // The value at risk is the historical one; the other is of a normal distribution.
            without: ["annualisation", "var95_param", "cvar95_param", "tail_ratio"])
        try Self.compare(
            "empyrical",
            [
                "cum_returns_final": metrics.total, "annual_return": metrics.annualised,
                "annual_volatility": metrics.volatility, "sharpe_ratio": metrics.sharpe,
                "sortino_ratio": metrics.sortino, "downside_risk": metrics.downsideDeviation,
                "max_drawdown": drawdown.maximum, "calmar_ratio": metrics.calmar, "omega_ratio": metrics.profitFactor,
                "value_at_risk": metrics.valueAtRisk95, "conditional_value_at_risk": metrics.expectedShortfall95,
            ], with: try #require(golden["empyrical_reloaded"] as? [String: Any]),
            without: ["annualization", "tail_ratio", "stability_of_timeseries"])
        try Self.compare(
            "quantstats",
            [
                "sharpe": metrics.sharpe, "sortino": metrics.sortino, "volatility": metrics.volatility,
                "cagr": metrics.annualised, "max_drawdown": drawdown.maximum, "calmar": metrics.calmar,
                "profit_factor": metrics.profitFactor, "win_rate": metrics.winRate, "omega": metrics.profitFactor,
                "payoff_ratio": TradeMetrics(profits: returns).payoff,
            ], with: try #require(golden["quantstats"] as? [String: Any]),
            // Its ulcer index leaves out the curve's beginning, its probabilistic Sharpe ratio corrects the moments' bias,
            // and its value at risk is that of a normal distribution.
            without: ["periods", "var", "cvar", "tail_ratio", "ulcer_index", "psr"])
    }

    @Test("Trades are counted as by numpy")
    func trades() throws {
        let metrics = TradeMetrics(profits: try Self.column("pnl", of: "04_trades.csv"))
        try Self.compare(
            "trades",
            [
                "n_trades": Double(metrics.count), "wins": Double(metrics.wins), "losses": Double(metrics.losses),
                "win_rate": metrics.winRate, "gross_profit": metrics.grossProfit, "gross_loss": metrics.grossLoss,
                "net_profit": metrics.net, "profit_factor": metrics.profitFactor, "avg_win": metrics.averageWin,
                "avg_loss": metrics.averageLoss, "payoff_ratio": metrics.payoff,
                "expectancy_per_trade": metrics.expectancy, "largest_win": metrics.largestWin,
                "largest_loss": metrics.largestLoss, "max_consecutive_wins": Double(metrics.mostWinsInARow),
                "max_consecutive_losses": Double(metrics.mostLossesInARow),
            ], with: try #require(try Self.object()["trade_stats_of_04_trades.csv"] as? [String: Any]),
            without: [
                "expectancy_R_wr*payoff-(1-wr)", "kelly_fraction_wr-(1-wr)/payoff", "sqn_sqrt(n)*mean/std_ddof1",
                "avg_bars", "total_fees",
            ])
    }

    @Test("Numbers that are not defined are absent")
    func edges() throws {
        let edges = try #require(try Self.object()["edge_cases"] as? [String: [String: Any]])
        #expect(edges.count == 3)
        for (name, golden) in edges {
            let metrics = ReturnMetrics(returns: try #require(golden["returns"] as? [Double]), perYear: 365)
            #expect(Self.isNear(metrics.total, try #require(golden["total_return"] as? Double)), "\(name)")
            #expect(Self.isNear(metrics.drawdown.maximum, try #require(golden["max_drawdown"] as? Double)), "\(name)")
            let deviation = try #require(golden["std_ddof1"] as? Double)
            #expect(Self.isNear(try #require(metrics.volatility), deviation * 365.0.squareRoot()), "\(name)")
            #expect((metrics.sharpe == nil) == (golden["sharpe_is_undefined"] as? Bool), "\(name)")
            #expect((metrics.sortino == nil) == (golden["sortino_is_undefined"] as? Bool), "\(name)")
        }
    }
}
