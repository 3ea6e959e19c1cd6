import Models
import Schema
import Testing

@Suite("Weights of labels")
struct WeightTests {
    private func span(_ start: Int64, _ end: Int64) -> LabelSpan {
        LabelSpan(start: UnixNanos(start), end: UnixNanos(end))
    }

    @Test("Labels that stand alone or only touch are unique")
    func alone() {
        #expect(LabelUniqueness.averages(of: [span(0, 5), span(5, 6), span(8, 9)]) == [1, 1, 1])
        #expect(LabelUniqueness.effectiveCount(of: [span(0, 5), span(5, 6), span(8, 9)]) == 3)
        #expect(LabelUniqueness.averages(of: []).isEmpty)
        #expect(LabelUniqueness.averages(of: [span(3, 3)]) == [1])
    }

    @Test("A label is as unique as its stretches are shared, by their length")
    func shared() {
        // Alone for 2 of 6; with one other for 3; with two others for 1.
        let averages = LabelUniqueness.averages(of: [span(0, 6), span(2, 6), span(5, 6)])
        #expect(abs(averages[0] - (2 + 3.0 / 2 + 1.0 / 3) / 6) < 1e-15)
        #expect(abs(averages[1] - (3.0 / 2 + 1.0 / 3) / 4) < 1e-15)
        #expect(abs(averages[2] - 1.0 / 3) < 1e-15)
    }

    @Test("Where each bar begins a label of h bars, n of them tell as much as n ∕ h", arguments: [1, 5, 24])
    func everyBar(horizon: Int64) {
        let spans = (0..<2400).map { span(Int64($0), Int64($0) + horizon) }
        let effective = LabelUniqueness.effectiveCount(of: spans)
        // The labels at both ends have fewer neighbours.
        #expect(effective >= 2400 / Double(horizon) - 1e-9 && effective < 2400 / Double(horizon) + 4)
    }
}
