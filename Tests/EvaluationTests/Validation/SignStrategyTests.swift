import Evaluation
import Models
import Schema
import Testing

@Suite("Sign strategy")
struct SignStrategyTests {
    /// A fee and slippage that together are one per cent.
    private let strategy = SignStrategy(fee: 0.008, slippage: 0.002)
    private let bitcoin = Instrument("test.BTC-USD")
    private let ether = Instrument("test.ETH-USD")

    /// A row of an hour, from `hour` on.
    private func row(_ hour: Int64, _ change: Double, _ instrument: Instrument? = nil) -> TestRow {
        TestRow(
            instrument: instrument ?? bitcoin,
            span: LabelSpan(start: UnixNanos(seconds: hour * 3600), end: UnixNanos(seconds: (hour + 5) * 3600)),
            isUp: change > 0, lastReturn: 0, nextReturn: change, heldUntil: UnixNanos(seconds: (hour + 1) * 3600))
    }

    private func values(_ rows: [TestRow], _ calls: [Bool?]) -> [Double] {
        strategy.netReturns(of: rows, calls: calls).map(\.value)
    }

    private func areNear(_ values: [Double], _ expected: [Double]) -> Bool {
        values.count == expected.count && zip(values, expected).allSatisfy { abs($0 - $1) < 1e-15 }
    }

    @Test("What is held is not paid for again; a flip costs both ways, and so does the end")
    func costs() {
        let rows = [row(0, 0.05), row(1, 0.03), row(2, 0.04), row(3, 0.02)]
        // Opened, held, turned and closed.
        #expect(areNear(values(rows, [true, true, false, false]), [0.05 - 0.01, 0.03, -0.04 - 0.02, -0.02 - 0.01]))
        // Closed where nothing is called; nothing to close at the end.
        #expect(areNear(values(rows, [false, nil, nil, nil]), [-0.05 - 0.01, -0.01, 0, 0]))
    }

    @Test("Over a hole nothing is held: it is closed before and opened after")
    func holes() {
        let rows = [row(0, 0.05), row(2, 0.03)]
        #expect(areNear(values(rows, [true, true]), [0.05 - 0.02, 0.03 - 0.02]))
    }

    @Test("Instruments share the equity, and each keeps its own position")
    func instruments() {
        let rows = [row(0, 0.05), row(0, -0.03, ether), row(1, 0.02), row(2, 0.04), row(2, 0.06, ether)]
        let net = strategy.netReturns(of: rows, calls: [true, false, true, true, false])
        #expect(net.map(\.moment) == [0, 1, 2].map { UnixNanos(seconds: $0 * 3600) })
        // Ether has no row at one o'clock, so that it is closed then.
        let expected = [((0.05 - 0.01) + (0.03 - 0.02)) / 2, 0.02, ((0.04 - 0.01) + (-0.06 - 0.02)) / 2]
        #expect(areNear(net.map(\.value), expected))
    }
}
