public import Schema

/// The features of one instrument over whole columns of bars.
///
/// Each indicator runs over its column on its own, and formulas follow row by row: another order than the stage's, which
/// goes from moment to moment, and bit for bit the same values.
public struct FeatureColumns: Sendable {
    public let featureSet: FeatureSet
    /// When each primary bar closed.
    public let closeTimes: [UnixNanos]
    /// For each feature its values, a row for each primary bar; `NaN` before its warm-up has ended.
    public let columns: [[Double]]

    /// Computes the features of a set.
    ///
    /// `bars`: Of every timeframe of the set that is there, oldest first.
    public init(_ featureSet: FeatureSet, bars: [Timeframe: BarColumns]) {
        let plan = featureSet.plan
        self.featureSet = featureSet
        let closeTimes = bars[featureSet.primary]?.closeTimes(featureSet.primary) ?? []
        self.closeTimes = closeTimes
        var table = Array(repeating: [Double](), count: plan.warmUps.count)
        for (place, timeframe) in plan.timeframes.enumerated() {
            let own = bars[timeframe] ?? BarColumns([])
            let rows = own.rows(asOf: closeTimes, timeframe)
            for source in plan.sourcesOfTimeframe[place].map({ plan.sources[$0] }) {
                let lines = source.indicator.columns(of: own, lines: 0..<source.indicator.lineCount)
                for line in lines.lines {
                    let values = lines[line]
                    let start = values.startIndex
                    table[source.slot + line] = rows.map { $0 < 0 ? .nan : values[start + $0] }
                }
            }
        }
        for step in plan.steps {
            var operands = Operands(
                values: step.operands.map { _ in .nan }, slots: Array(step.operands.indices), time: UnixNanos(0))
            table[step.slot] = closeTimes.indices.map { row in
                for (place, operand) in step.operands.enumerated() { operands.values[place] = table[operand][row] }
                operands.time = closeTimes[row]
                return step.value(operands)
            }
        }
        columns = featureSet.slots.map { table[$0] }
    }
}

extension BarColumns {
    fileprivate func closeTimes(_ timeframe: Timeframe) -> [UnixNanos] {
        openTimes.map { $0.advanced(by: timeframe.nanoseconds) }
    }

    /// For each moment the row of the newest bar that had closed by then; −1 before the first.
    fileprivate func rows(asOf moments: [UnixNanos], _ timeframe: Timeframe) -> [Int] {
        let closes = closeTimes(timeframe)
        var row = -1
        return moments.map { moment in
            while row + 1 < closes.count, closes[row + 1] <= moment { row += 1 }
            return row
        }
    }
}
