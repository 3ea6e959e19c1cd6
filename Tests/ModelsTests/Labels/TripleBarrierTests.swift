import Market
import Models
import Schema
import Testing

@Suite("Triple barrier")
struct TripleBarrierTests {
    private static let hour = Timeframe.hour1.nanoseconds

    /// A row at a close of 100, then these bars, an hour each; `nil` is a missing one.
    private func outcome(
        _ bars: [(open: Double, high: Double, low: Double, close: Double)?], upper: Double? = 0.02,
        lower: Double? = 0.01, horizon: Int64 = 3
    ) throws -> Label<BarrierOutcome>? {
        let first: (open: Double, high: Double, low: Double, close: Double)? = (100, 100, 100, 100)
        let columns = try columns([first] + bars)
        return columns.barrierLabels(
            TripleBarrier(upper: upper, lower: lower, unit: .fraction, horizon: horizon * Self.hour)
        ).first { $0.row == 0 }
    }

    private func columns(
        _ bars: [(open: Double, high: Double, low: Double, close: Double)?]
    ) throws -> CandleColumns {
        var columns = CandleColumns(instrument: Instrument("test.AAA-USD"), timeframe: .hour1)
        for (index, bar) in bars.enumerated() {
            guard let bar else { continue }
            columns.append(
                try Candle(
                    instrument: columns.instrument, timeframe: .hour1,
                    openTime: UnixNanos(seconds: Int64(index) * 3600), open: bar.open, high: bar.high, low: bar.low,
                    close: bar.close, volume: 1, source: .file))
        }
        return columns
    }

    private func span(bars: Int64) -> LabelSpan {
        LabelSpan(start: UnixNanos(Self.hour), end: UnixNanos((1 + bars) * Self.hour))
    }

    private func isNear(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 1e-12 } ?? false
    }

    @Test("The span ends at the touch, and the return is that of the barrier")
    func touch() throws {
        let won = try outcome([(100, 101, 100, 101), (101, 103, 100.5, 100.5), (100, 100, 90, 90)])
        #expect(won?.value.barrier == .upper && isNear(won?.value.simpleReturn, 0.02) && won?.span == span(bars: 2))
        let lost = try outcome([(100, 101, 98, 101), (101, 103, 100, 100)])
        #expect(lost?.value.barrier == .lower && isNear(lost?.value.simpleReturn, -0.01) && lost?.span == span(bars: 1))
    }

    @Test("A bar that touches both has lost")
    func both() throws {
        let label = try outcome([(100, 103, 98, 103)])
        #expect(label?.value.barrier == .lower && isNear(label?.value.simpleReturn, -0.01))
    }

    @Test("A bar that opens beyond a barrier is left at its open")
    func gaps() throws {
        let up = try outcome([(105, 106, 98, 98)])
        #expect(up?.value.barrier == .upper && isNear(up?.value.simpleReturn, 0.05))
        let down = try outcome([(95, 103, 94, 103)])
        #expect(down?.value.barrier == .lower && isNear(down?.value.simpleReturn, -0.05))
    }

    @Test("Without a touch the time decides, at the close of the last bar")
    func vertical() throws {
        let still: (open: Double, high: Double, low: Double, close: Double) = (100, 100.5, 99.5, 100.25)
        let label = try outcome([still, still, still, (100, 200, 100, 200)])
        #expect(label?.value.barrier == .vertical && isNear(label?.value.simpleReturn, 0.0025))
        #expect(label?.span == span(bars: 3))
    }

    @Test("What is not decided by the end of the data, or ends in a hole, is absent")
    func undecided() throws {
        let still: (open: Double, high: Double, low: Double, close: Double) = (100, 100.5, 99.5, 100)
        #expect(try outcome([still, still]) == nil)
        #expect(try outcome([still, still, nil, (110, 110, 110, 110)]) == nil)
        // A touch in a later bar is one, over a hole.
        #expect(try outcome([still, nil, (110, 110, 110, 110)])?.span == span(bars: 3))
    }

    @Test("A barrier that is not there is never touched")
    func open() throws {
        let wild: (open: Double, high: Double, low: Double, close: Double) = (100, 150, 50, 100)
        #expect(try outcome([wild, wild, wild], upper: nil, lower: nil)?.value.barrier == .vertical)
        #expect(try outcome([wild, wild, wild], lower: nil)?.value.barrier == .upper)
        #expect(try outcome([(100, 150, 99.5, 100)], upper: nil) == nil)
    }

    @Test("Widths in volatility grow with it, and a row without one has no label")
    func volatility() throws {
        let bar: (open: Double, high: Double, low: Double, close: Double) = (100, 103, 97.5, 100)
        let columns = try columns([bar, bar, bar, bar])
        let barrier = TripleBarrier(upper: 2, lower: 1, unit: .volatility, horizon: Self.hour)
        let labels = columns.barrierLabels(barrier, volatility: [0.01, nil, 0.03, 0.03])
        #expect(labels.map(\.row) == [0, 2])
        // One per cent touches both; three touch neither 106 nor 97.
        #expect(labels.map(\.value.barrier) == [.lower, .vertical])
    }
}
