public import Schema

/// Candles of a longer timeframe as columns, and how much of each there was.
public struct AggregatedColumns: Sendable, Equatable {
    public let candles: CandleColumns
    /// Candles that each row was built from.
    public private(set) var parts: [Int] = []
    /// Candles that a whole one is built from.
    public let wholeParts: Int

    /// Whether the parts of a row cover its whole timeframe.
    public func isComplete(_ row: Int) -> Bool { parts[row] == wholeParts }

    fileprivate init(_ candles: CandleColumns, parts: [Int], wholeParts: Int) {
        (self.candles, self.parts, self.wholeParts) = (candles, parts, wholeParts)
    }
}

extension CandleColumns {
    /// The candles of a longer timeframe, which this one divides, that these make up: to the bit what
    /// ``CandleAggregator`` builds from them one by one.
    public func aggregated(to longer: Timeframe) -> AggregatedColumns {
        precondition(
            longer > timeframe && longer.minutes % timeframe.minutes == 0,
            "\(timeframe.rawValue) does not divide \(longer.rawValue)")
        var result = CandleColumns(instrument: instrument, timeframe: longer, source: .aggregated)
        let wholeParts = Int(longer.minutes / timeframe.minutes)
        var parts: [Int] = []
        result.reserveCapacity(count / wholeParts + 2)
        parts.reserveCapacity(count / wholeParts + 2)
        var row = 0
        while row < count {
            let openTime = longer.openTime(containing: openTimes[row])
            let end = endOfBucket(from: row, wholeParts, openTime.advanced(by: longer.nanoseconds))
            let range = extremes(row..<end)
            result.append(
                openTime: openTime, open: open[row], high: range.high, low: range.low, close: close[end - 1],
                volume: total(row..<end))
            parts.append(end - row)
            row = end
        }
        return AggregatedColumns(result, parts: parts, wholeParts: wholeParts)
    }

    /// The first row from `row` on that opens at `moment` or later.
    ///
    /// Without holes the whole bucket is there, and one look is enough.
    private func endOfBucket(from row: Int, _ wholeParts: Int, _ moment: UnixNanos) -> Int {
        var end = min(count, row + wholeParts)
        while openTimes[end - 1] >= moment { end -= 1 }
        return end
    }

    private func extremes(_ rows: Range<Int>) -> (high: Double, low: Double) {
        var (highest, lowest) = (high[rows.lowerBound], low[rows.lowerBound])
        for row in rows {
            highest = high[row] > highest ? high[row] : highest
            lowest = low[row] < lowest ? low[row] : lowest
        }
        return (highest, lowest)
    }

    /// The sum of the volumes in the order of time, and no more than the largest double.
    private func total(_ rows: Range<Int>) -> Double {
        var sum = 0.0
        for row in rows { sum += volume[row] }
        return min(sum, .greatestFiniteMagnitude)
    }
}
