internal import Market

/// Lines of an indicator over whole columns of bars.
public struct LineColumns: Sendable {
    private let storage: [Double]
    public let rows: Int
    public let lines: Range<Int>

    /// One line, row by row.
    public subscript(line: Int) -> ArraySlice<Double> {
        precondition(lines.contains(line), "only the lines \(lines)")
        let start = (line - lines.lowerBound) * rows
        return storage[start..<start + rows]
    }

    /// Runs an indicator over columns.
    ///
    /// - Parameters:
    ///   - indicator: As it is before the first row.
    ///   - bars: The columns.
    ///   - lines: Which of its lines are wanted.
    ///   - prepare: What happens to the indicator before each row.
    @inline(__always)
    init<Indicator: BarIndicator>(
        of indicator: Indicator, over bars: CandleColumns, lines: Range<Int>,
        preparing prepare: (inout Indicator, Int) -> Void
    ) {
        rows = bars.count
        self.lines = lines
        // Memory is written once, not cleared before: for a million rows that is a third of a simple indicator's time.
        storage = Array(unsafeUninitializedCapacity: bars.count * lines.count) { columns, count in
            bars.withBars { bars in
                if Indicator.Output.count == 1 {
                    Self.fill(columns, indicator, bars, prepare)
                } else {
                    Self.fill(columns, indicator, bars, lines, prepare)
                }
            }
            count = bars.count * lines.count
        }
    }

    // The indicator is a variable of the function that has the loop, so that it can be in registers.

    /// Fills the column of the only line.
    @inline(__always)
    private static func fill<Indicator: BarIndicator>(
        _ column: UnsafeMutableBufferPointer<Double>, _ indicator: Indicator, _ bars: LentBars,
        _ prepare: (inout Indicator, Int) -> Void
    ) {
        var indicator = indicator
        indicator.hold()
        for row in column.indices {
            prepare(&indicator, row)
            column[row] = indicator.update(Indicator.input(of: bars[row])).line(0)
        }
        withExtendedLifetime(indicator) {}
    }

    /// Fills columns that lie one behind the other: some rows at a time, and of those line by line, so that what is asked of
    /// a row is known outside of the loops.
    @inline(__always)
    private static func fill<Indicator: BarIndicator>(
        _ columns: UnsafeMutableBufferPointer<Double>, _ indicator: Indicator, _ bars: LentBars, _ lines: Range<Int>,
        _ prepare: (inout Indicator, Int) -> Void
    ) {
        var indicator = indicator
        indicator.hold()
        let block = UnsafeMutablePointer<Indicator.Output>.allocate(capacity: blockLength)
        defer { block.deallocate() }
        for start in stride(from: 0, to: bars.count, by: blockLength) {
            let length = min(blockLength, bars.count - start)
            for place in 0..<length {
                prepare(&indicator, start &+ place)
                (block + place).initialize(to: indicator.update(Indicator.input(of: bars[start &+ place])))
            }
            for (place, line) in lines.enumerated() {
                let column = columns.extracting((place * bars.count + start)...)
                for place in 0..<length { column[place] = block[place].line(line) }
            }
            block.deinitialize(count: length)
        }
        withExtendedLifetime(indicator) {}
    }

    /// Few enough to stay in the processor's nearest memory.
    private static var blockLength: Int { 256 }
}
