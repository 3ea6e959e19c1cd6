internal import Foundation
public import Market
internal import Schema

/// Labels that compare a close with the one a fixed time later.
///
/// The horizon is a length of time, not a number of rows: it runs over missing bars as over others. Where the very bar that
/// ends with the horizon is missing, or comes after the end of the data, there is no label, since there was no price.
extension CandleColumns {
    /// Whether the close is higher than the row's after `horizon` nanoseconds; an equal one is not.
    public func directionLabels(after horizon: Int64) -> [Label<Bool>] {
        labels(after: horizon) { before, after in after > before }
    }

    /// How far the close is from the row's after `horizon` nanoseconds, by simple return.
    public func moveLabels(after horizon: Int64, bounds: MoveBounds = .standard) -> [Label<MoveClass>] {
        labels(after: horizon) { before, after in bounds.moveClass(of: after / before - 1) }
    }

    /// The log returns from the row's close over several horizons at once, in their order.
    ///
    /// The span reaches to the end of the longest; a row has a label when all of its returns are known.
    ///
    /// - Parameter horizons: In nanoseconds.
    /// - Returns: In the order of the rows.
    public func returnLabels(after horizons: [Int64]) -> [Label<[Double]>] {
        precondition(!horizons.isEmpty, "a horizon at least")
        let later = horizons.map { rows(after: $0) }
        // Not empty, as checked above.
        let longest = horizons.max()!
        return (0..<count).compactMap { row in
            var returns: [Double] = []
            for rows in later {
                guard let end = rows[row] else { return nil }
                returns.append(log(close[end] / close[row]))
            }
            return Label(row: row, span: span(row, horizon: longest), value: returns)
        }
    }

    private func labels<Value>(
        after horizon: Int64, value: (_ before: Double, _ after: Double) -> Value
    ) -> [Label<Value>] {
        let later = rows(after: horizon)
        return (0..<count).compactMap { row in
            later[row].map {
                Label(row: row, span: span(row, horizon: horizon), value: value(close[row], close[$0]))
            }
        }
    }

    /// Of each row, the row that closes `horizon` nanoseconds after it; `nil` where there is none.
    private func rows(after horizon: Int64) -> [Int?] {
        precondition(
            horizon > 0 && horizon.isMultiple(of: timeframe.nanoseconds), "a horizon of whole bars above zero")
        var later = 0
        return openTimes.map { openTime in
            let wanted = openTime.advanced(by: horizon)
            while later < count, openTimes[later] < wanted { later += 1 }
            return later < count && openTimes[later] == wanted ? later : nil
        }
    }
}

extension CandleColumns {
    /// When the row's candle is known.
    func closeTime(_ row: Int) -> UnixNanos { openTimes[row].advanced(by: timeframe.nanoseconds) }

    private func span(_ row: Int, horizon: Int64) -> LabelSpan {
        LabelSpan(start: closeTime(row), end: closeTime(row).advanced(by: horizon))
    }
}
