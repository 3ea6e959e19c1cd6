import Evaluation
import Testing

@Suite("Sharpe statistics")
struct SharpeEstimateTests {
    private let returns = (0..<200).map { Double(($0 * 37) % 17 - 7) / 1000 }

    @Test("Returns that never change have no ratio")
    func still() {
        #expect(SharpeEstimate(returns: []) == nil)
        #expect(SharpeEstimate(returns: [0.1]) == nil)
        // The mean of these is not 0.1 in binary.
        #expect(SharpeEstimate(returns: [0.1, 0.1, 0.1]) == nil)
    }

    @Test("Nothing tried but once is not deflated, and more trials deflate more")
    func deflation() throws {
        let estimate = try #require(SharpeEstimate(returns: returns))
        #expect(estimate.deflated(by: SharpeTrials(count: 1, variance: 1)) == estimate.probability())
        #expect(SharpeTrials(ratios: [0.3]).expectedMaximum == 0 && SharpeTrials(ratios: []).expectedMaximum == 0)
        let deflated = [2, 10, 100, 1000].map { estimate.deflated(by: SharpeTrials(count: $0, variance: 0.01)) }
        #expect(deflated == deflated.sorted(by: >) && Set(deflated).count == 4)
        #expect(deflated[0] < estimate.probability())
    }

    @Test("A track record as long as is needed gives just the confidence that was asked for")
    func trackRecord() throws {
        let estimate = try #require(SharpeEstimate(returns: returns))
        let confidence = estimate.probability(above: 0.05)
        let bars = try #require(estimate.minimumTrackRecord(above: 0.05, confidence: confidence))
        #expect(abs(bars - 200) < 1e-6)
        #expect(estimate.minimumTrackRecord(above: estimate.value) == nil)
    }

    @Test("A trial without a ratio counts, and says nothing of how far ratios spread")
    func silentTrials() {
        let some = SharpeTrials(ratios: [0.1, 0.3])
        let more = SharpeTrials(ratios: [0.1, nil, 0.3, nil])
        #expect(more.count == 4 && more.variance == some.variance)
        #expect(more.expectedMaximum > some.expectedMaximum)
    }
}
