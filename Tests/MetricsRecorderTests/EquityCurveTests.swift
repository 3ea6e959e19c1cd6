import Schema
import Testing

@testable import MetricsRecorder

@Suite("Equity curve")
struct EquityCurveTests {
    @Test("Peak, drawdown and length are those of all accounts, however few points are kept", arguments: 1...20)
    func extremes(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var curve = EquityCurve(capacity: 16)
        var (equity, peak, deepest) = (100_000.0, 0.0, 0.0)
        let count = Int.random(in: 1...3000, using: &random)
        for index in 0..<count {
            equity *= 1 + Double.random(in: -0.01...0.0101, using: &random)
            peak = max(peak, equity)
            deepest = max(deepest, 1 - equity / peak)
            curve.add(time: UnixNanos(seconds: Int64(index)), equity: equity)
        }
        #expect(curve.maximumDrawdown == deepest)
        #expect(curve.drawdown == max(0, 1 - equity / peak))
        #expect(curve.points.count <= 16)
        #expect(curve.points.count >= min(count, 8))
        for limit in [1, 2, 5, 16, 100] {
            let points = curve.thinned(to: limit)
            #expect(points.count <= limit)
            #expect(points.last?.equity == equity)
            #expect(points.last?.time == Int64(count - 1) * 1000)
            #expect(points.map(\.drawdown).max() == deepest)
            #expect(points.map(\.time) == points.map(\.time).sorted())
        }
    }

    @Test("An account below the start is a drawdown from the start")
    func firstLoss() {
        var curve = EquityCurve()
        curve.add(time: UnixNanos(seconds: 1), equity: 200)
        curve.add(time: UnixNanos(seconds: 2), equity: 150)
        curve.add(time: UnixNanos(seconds: 3), equity: 180)
        #expect(curve.start == 200)
        #expect(curve.latest == 180)
        #expect(curve.drawdown == 1 - 180.0 / 200)
        #expect(curve.maximumDrawdown == 0.25)
        #expect(
            curve.points == [
                EquityPoint(time: 1000, equity: 200, drawdown: 0), EquityPoint(time: 2000, equity: 150, drawdown: 0.25),
                EquityPoint(time: 3000, equity: 180, drawdown: 1 - 180.0 / 200),
            ])
    }

    @Test("An empty curve has no points")
    func empty() {
        #expect(EquityCurve().thinned(to: 10).isEmpty)
        #expect(EquityCurve().latest == nil)
    }
}
