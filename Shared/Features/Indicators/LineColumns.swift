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

    /// Fills the columns row by row with what `next` gives for each.
    @inline(__always)
    init<Lines: IndicatorLines>(rows: Int, lines: Range<Int>, _ next: (Int) -> Lines) {
        self.rows = rows
        self.lines = lines
        // Memory is written once, not cleared before: for a million rows that is a third of a simple indicator's time.
        storage = Array(unsafeUninitializedCapacity: rows * lines.count) { buffer, count in
            for row in 0..<rows {
                let values = next(row)
                var place = row
                for line in lines {
                    buffer[place] = values.line(line)
                    place += rows
                }
            }
            count = rows * lines.count
        }
    }
}
