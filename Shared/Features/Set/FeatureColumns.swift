public import Market
public import Schema

/// The features of instruments over whole columns of bars.
///
/// Each indicator runs over its column on its own, and formulas follow row by row: another order than the stage's, which
/// goes from moment to moment, and bit for bit the same values.
public struct FeatureColumns: Sendable {
    /// What is known of one instrument.
    public struct Market: Sendable {
        /// Of every timeframe of the set that is there, oldest first.
        public let bars: [Timeframe: CandleColumns]
        /// What happened between them, in the order of ``Market/MarketEvent/visibleFrom``.
        public let events: [MarketEvent]

        public init(bars: [Timeframe: CandleColumns], events: [MarketEvent] = []) {
            self.bars = bars
            self.events = events
        }
    }

    /// When each primary bar closed.
    public let closeTimes: [UnixNanos]
    /// For each feature its values, a row for each primary bar; `NaN` before its warm-up has ended.
    public private(set) var columns: [[Double]]

    /// Computes the features of a set for instruments, each of which is compared with all.
    public static func compute(
        _ featureSet: FeatureSet, _ markets: [Instrument: Market]
    ) -> [Instrument: FeatureColumns] {
        var tables = markets.mapValues { FeatureTable($0, plan: featureSet.plan) }
        FeatureTable.compare(&tables, markets, plan: featureSet.plan)
        for instrument in markets.keys { tables[instrument]!.evaluate(featureSet.plan) }
        return tables.mapValues { table in
            FeatureColumns(closeTimes: table.closeTimes, columns: featureSet.slots.map { table[$0] })
        }
    }
}

/// The columns of all slots of a plan.
private struct FeatureTable {
    let closeTimes: [UnixNanos]
    /// One column after the other.
    private var values: [Double]
    private var rows: Int { closeTimes.count }

    /// Everything that one instrument has by itself.
    init(_ market: FeatureColumns.Market, plan: FeaturePlan) {
        closeTimes = market.bars[plan.timeframes[0]]?.closeTimes ?? []
        values = Array(repeating: .nan, count: closeTimes.count * plan.warmUps.count)
        for (place, timeframe) in plan.timeframes.enumerated() {
            guard let bars = market.bars[timeframe] else { continue }
            let closes = bars.closeTimes
            // The primary bars are the rows themselves.
            let rowsOfBars = place == 0 ? nil : Self.rows(of: closes, asOf: closeTimes)
            for run in plan.runs[place] {
                let source = plan.sources[run.source]
                let all = 0..<source.indicator.lineCount
                let lines =
                    plan.observers.contains(run.source)
                    ? source.indicator.columns(of: bars, closing: closes, observing: market.events)
                    : source.indicator.columns(of: bars, lines: all)
                for line in all { fill(run.slot + line, with: lines[line], rowsOfBars) }
            }
        }
    }

    /// Fills a column with values of bars, of which for each row one is given, or −1 for none.
    private mutating func fill(_ slot: Int, with bars: ArraySlice<Double>, _ rowsOfBars: [Int]?) {
        guard let rowsOfBars else {
            values.replaceSubrange(slot * rows..<slot * rows + rows, with: bars)
            return
        }
        for (row, bar) in rowsOfBars.enumerated() where bar >= 0 {
            values[slot * rows + row] = bars[bars.startIndex + bar]
        }
    }

    /// What the instruments have beside each other, moment by moment.
    static func compare(
        _ tables: inout [Instrument: FeatureTable], _ markets: [Instrument: FeatureColumns.Market], plan: FeaturePlan
    ) {
        let primary = plan.timeframes[0]
        let instruments = tables.keys.sorted()
        for source in plan.baskets {
            var indicator = source.indicator
            var next = instruments.map { _ in 0 }
            while true {
                let closes = instruments.indices.map { index in
                    let times = tables[instruments[index]]!.closeTimes
                    return next[index] < times.count ? times[next[index]] : nil
                }
                guard let moment = closes.compactMap({ $0 }).min() else { break }
                let present = instruments.indices.filter { closes[$0] == moment }
                let members = present.map { index in
                    // It has a bar that closes now, so it has bars.
                    BasketMember(
                        instrument: instruments[index],
                        bar: markets[instruments[index]]!.bars[primary]!.bar(next[index]))
                }
                for (index, lines) in zip(present, indicator.values(members)) {
                    for (line, value) in lines.enumerated() {
                        tables[instruments[index]]!.set(source.slot + line, next[index], value)
                    }
                    next[index] += 1
                }
            }
        }
    }

    private mutating func set(_ slot: Int, _ row: Int, _ value: Double) { values[slot * rows + row] = value }

    /// The column of a slot.
    subscript(slot: Int) -> [Double] { Array(values[slot * rows..<slot * rows + rows]) }

    /// Computes the formulas.
    mutating func evaluate(_ plan: FeaturePlan) {
        let (closeTimes, rows) = (closeTimes, rows)
        let operands = plan.operands.map { $0 * rows }
        values.withUnsafeMutableBufferPointer { values in
            operands.withUnsafeBufferPointer { operands in
                for step in plan.steps {
                    let slots = UnsafeBufferPointer(rebasing: operands[step.operands])
                    for row in closeTimes.indices {
                        // There are rows, so there are values.
                        let operands = Operands(values: values.baseAddress! + row, slots: slots, time: closeTimes[row])
                        values[step.slot * rows + row] = step.value(operands)
                    }
                }
            }
        }
    }

    /// For each moment the row of the newest bar that had closed by then; −1 before the first.
    private static func rows(of closes: [UnixNanos], asOf moments: [UnixNanos]) -> [Int] {
        var row = -1
        return moments.map { moment in
            while row + 1 < closes.count, closes[row + 1] <= moment { row += 1 }
            return row
        }
    }
}

extension CandleColumns {
    fileprivate var closeTimes: [UnixNanos] { openTimes.map { $0.advanced(by: timeframe.nanoseconds) } }
}
