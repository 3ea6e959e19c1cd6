import Foundation
import Market
import Models
import Schema
import Testing

/// Hourly candles from 1970 on, the hours that have no close missing.
private func candles(_ closes: [Double?], range: Double = 0) throws -> CandleColumns {
    var columns = CandleColumns(instrument: Instrument("test.AAA-USD"), timeframe: .hour1)
    for (hour, close) in closes.enumerated() {
        guard let close else { continue }
        columns.append(
            try Candle(
                instrument: columns.instrument, timeframe: .hour1, openTime: moment(hour: hour), open: close,
                high: close * (1 + range), low: close * (1 - range), close: close, volume: 1, source: .file))
    }
    return columns
}

private let hour = Timeframe.hour1.nanoseconds

private func moment(hour: Int) -> UnixNanos { UnixNanos(seconds: Int64(hour) * 3600) }

/// The span of a row whose bar opens at the one hour, decided by the bar that opens at the other.
private func span(_ row: Int, _ end: Int) -> LabelSpan {
    LabelSpan(start: moment(hour: row + 1), end: moment(hour: end + 1))
}

@Suite("Labels")
struct LabelTests {
    @Test("A horizon runs over missing bars by time, and what is not decided is absent")
    func holes() throws {
        // Hour 2 is missing: row 0 would end there; row 1 reaches over it.
        let columns = try candles([100, 101, nil, 100, 102, 102])
        let labels = columns.directionLabels(after: 2 * hour)
        #expect(
            labels == [
                Label(row: 1, span: span(1, 3), value: false), Label(row: 2, span: span(3, 5), value: true),
            ])
    }

    @Test("An equal close is not higher")
    func equal() throws {
        #expect(try candles([100, 100, 101]).directionLabels(after: hour).map(\.value) == [false, true])
    }

    @Test(
        "Classes part at half a per cent and at one and a half, the bounds belonging to the flatter class",
        arguments: [
            (-0.02, MoveClass.strongDown), (-0.015, .down), (-0.0051, .down), (-0.005, .flat), (0, .flat),
            (0.005, .flat), (0.0051, .up), (0.015, .up), (0.0151, .strongUp), (1, .strongUp), (-1, .strongDown),
        ])
    func classes(change: Double, expected: MoveClass) {
        #expect(MoveBounds.standard.moveClass(of: change) == expected)
    }

    @Test("Moves are by simple return over the whole horizon")
    func moves() throws {
        let labels = try candles([100, 103, 100, 98, 100, 101, 101]).moveLabels(after: 5 * hour)
        #expect(
            labels == [
                Label(row: 0, span: span(0, 5), value: .up), Label(row: 1, span: span(1, 6), value: .strongDown),
            ])
    }

    @Test("Returns over several horizons are logarithmic, and their span reaches to the end of the longest")
    func returns() throws {
        let columns = try candles([100, 110, 121, 100, 90])
        let labels = columns.returnLabels(after: [3 * hour, hour])
        #expect(labels.map(\.row) == [0, 1])
        #expect(labels.map(\.span) == [span(0, 3), span(1, 4)])
        #expect(labels[0].value == [log(100.0 / 100), log(110.0 / 100)])
        #expect(labels[1].value == [log(90.0 / 110), log(121.0 / 110)])
    }

    @Test("A label never looks at a price outside its span")
    func nothingBeyond() throws {
        var random = SplitMix64(seed: 3)
        var price = 100.0
        let closes = (0..<80).map { _ -> Double? in
            price *= Double.random(in: 0.98...1.02, using: &random)
            return Double.random(in: 0..<1, using: &random) < 0.1 ? nil : price
        }
        let barrier = TripleBarrier(upper: 0.02, lower: 0.02, unit: .fraction, horizon: 6 * hour)
        let whole = try candles(closes, range: 0.005)
        for length in 1..<80 {
            let part = try candles(Array(closes.prefix(length)), range: 0.005)
            let known = moment(hour: length)
            #expect(
                part.directionLabels(after: 5 * hour)
                    == whole.directionLabels(after: 5 * hour).filter { $0.span.end <= known })
            #expect(part.barrierLabels(barrier) == whole.barrierLabels(barrier).filter { $0.span.end <= known })
            #expect(
                part.returnLabels(after: [hour, 4 * hour])
                    == whole.returnLabels(after: [hour, 4 * hour]).filter { $0.span.end <= known })
        }
    }

    @Test("Spans overlap when they share a moment, be it the last of one and the first of the other")
    func overlap() {
        #expect(span(0, 3).overlaps(span(3, 5)) && span(3, 5).overlaps(span(0, 3)))
        #expect(span(0, 9).overlaps(span(2, 3)) && span(2, 3).overlaps(span(0, 9)))
        #expect(!span(0, 2).overlaps(span(3, 5)) && !span(3, 5).overlaps(span(0, 2)))
    }
}
