import Evaluation
import Market
import Models
import Schema
import Testing

@Suite("Test rows")
struct TestRowTests {
    private static func moment(_ hour: Int) -> UnixNanos { UnixNanos(seconds: Int64(hour) * 3600) }

    /// Closes of hours from 0 on; hour 3 is missing.
    private func columns() throws -> CandleColumns {
        var columns = CandleColumns(instrument: Instrument("test.AAA-USD"), timeframe: .hour1)
        for (hour, close) in [(0, 100.0), (1, 110), (2, 99), (4, 100), (5, 120)] {
            columns.append(
                try Candle(
                    instrument: columns.instrument, timeframe: .hour1, openTime: Self.moment(hour), open: close,
                    high: close, low: close, close: close, volume: 1, source: .file))
        }
        return columns
    }

    @Test("A row knows the last return and the next one, and a position is held over a hole")
    func rows() throws {
        let columns = try columns()
        let labels = columns.directionLabels(after: 3 * Timeframe.hour1.nanoseconds)
        let rows = columns.testRows(of: labels) { $0 }
        // Labels end at hours 4 and 5; that of row 0 would end in the hole.
        #expect(labels.map(\.row) == [1, 2] && rows.map(\.span) == labels.map(\.span))
        #expect(rows.map(\.isUp) == [false, true])
        let (up, down, back): (Double, Double, Double) = (110.0 / 100 - 1, 99.0 / 110 - 1, 100.0 / 99 - 1)
        #expect(rows.map(\.lastReturn) == [up, down])
        #expect(rows.map(\.nextReturn) == [down, back])
        #expect(rows.map(\.heldUntil) == [Self.moment(3), Self.moment(5)])
        let next = columns.testRows(of: columns.directionLabels(after: Timeframe.hour1.nanoseconds)) { !$0 }
        #expect(next.map(\.isUp) == [false, true, false])
        // No bar before the first, nor before the one after the hole.
        #expect(next.map(\.lastReturn) == [0, up, 0])
    }

    @Test("A fold has its split's test rows, and the share of ups among its training rows")
    func fold() throws {
        let columns = try columns()
        let rows = columns.testRows(of: columns.directionLabels(after: Timeframe.hour1.nanoseconds)) { $0 }
        let fold = try TestFold(Split(train: [0, 2], test: [1]), of: rows)
        #expect(fold.rows == [rows[1]] && fold.trainingRows == 2 && fold.trainingUpShare == 1)
        #expect(throws: EvaluationError.self) { _ = try TestFold(Split(train: [], test: [2]), of: rows) }
        #expect(throws: EvaluationError.self) { _ = try TestFold(Split(train: [1], test: []), of: rows) }
    }
}
