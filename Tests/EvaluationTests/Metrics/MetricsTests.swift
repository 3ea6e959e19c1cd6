import Evaluation
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("An empty series has no ratios and no crash")
    func empty() {
        let metrics = ReturnMetrics(returns: [], perYear: 365)
        #expect(metrics.total == 0 && metrics.annualised == 0 && metrics.volatility == nil && metrics.sharpe == nil)
        #expect(metrics.valueAtRisk95 == nil && metrics.skewness == nil && metrics.drawdown.longest == 0)
        #expect(TradeMetrics(profits: []).expectancy == nil)
    }

    @Test("Losing everything is a return of minus one")
    func ruin() {
        let metrics = ReturnMetrics(returns: [0.5, -1, 0.2], perYear: 365)
        #expect(metrics.total == -1 && metrics.annualised == -1 && metrics.drawdown.maximum == -1)
    }

    @Test("A drawdown knows its peak, its trough, its recovery and its length")
    func drawdown() {
        let drawdown = Drawdown(returns: [1, -0.5, 0.2, 1, -0.25, -0.5])
        // 1, 2, 1, 1.2, 2.4, 1.8, 0.9
        #expect(drawdown.maximum == -0.625 && drawdown.peakIndex == 4 && drawdown.troughIndex == 6)
        #expect(drawdown.recoveryIndex == nil && drawdown.longest == 2)
        let won = Drawdown(returns: [1, -0.5, 0.2, 1])
        #expect(won.peakIndex == 1 && won.troughIndex == 2 && won.recoveryIndex == 4)
    }

    @Test("Turnover is what was traded")
    func turnover() {
        #expect(Turnover.total(positions: [1, 1, -1, 0]) == 4)
    }
}
