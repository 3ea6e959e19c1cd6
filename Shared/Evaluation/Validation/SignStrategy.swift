internal import Models
public import Schema

/// Long where up is called, short where down is, flat where nothing is: the simplest use of a direction.
public struct SignStrategy: Codable, Sendable, Hashable {
    /// Of the value traded, as fractions.
    public let fee: Double
    public let slippage: Double

    /// What ``Trading/PaperVenueSettings`` takes of small orders: a fee of ten basis points, and a half-spread of one.
    public static let standard = SignStrategy(fee: 0.001, slippage: 0.0001)

    public init(fee: Double, slippage: Double) {
        precondition(fee >= 0 && slippage >= 0, "costs are not negative")
        (self.fee, self.slippage) = (fee, slippage)
    }

    /// What is earned from each moment to the next, after costs.
    ///
    /// The instruments that have a row at a moment share the equity evenly. A position is kept where the next row begins
    /// when this one ends; else it is closed, as it is at the end, and what opens and closes it is paid.
    ///
    /// - Parameters:
    ///   - rows: By the starts of their spans.
    ///   - calls: One a row.
    /// - Returns: Simple returns, one a moment, in order of time.
    public func netReturns(of rows: [TestRow], calls: [Bool?]) -> [(moment: UnixNanos, value: Double)] {
        precondition(rows.count == calls.count, "a call for each row")
        var earned = rows.map { _ in 0.0 }
        var last: [Instrument: (row: Int, position: Double)] = [:]
        for (index, row) in rows.enumerated() {
            let position = calls[index].map { $0 ? 1.0 : -1 } ?? 0
            var held = 0.0
            if let before = last[row.instrument] {
                if rows[before.row].heldUntil == row.span.start {
                    held = before.position
                } else {
                    earned[before.row] -= cost(from: before.position, to: 0)
                }
            }
            earned[index] = position * row.nextReturn - cost(from: held, to: position)
            last[row.instrument] = (index, position)
        }
        for (row, position) in last.values { earned[row] -= cost(from: position, to: 0) }
        return Self.means(zip(rows, earned).map { ($0.span.start, $1) })
    }

    private func cost(from held: Double, to position: Double) -> Double { abs(position - held) * (fee + slippage) }

    /// One value a moment, the mean of all that it has.
    ///
    /// - Parameter values: In order of time.
    /// - Returns: In order of time.
    static func means(_ values: [(moment: UnixNanos, value: Double)]) -> [(moment: UnixNanos, value: Double)] {
        var means: [(moment: UnixNanos, value: Double)] = []
        var first = 0
        while first < values.count {
            let moment = values[first].moment
            var (next, sum) = (first, 0.0)
            while next < values.count, values[next].moment == moment {
                sum += values[next].value
                next += 1
            }
            means.append((moment, sum / Double(next - first)))
            first = next
        }
        return means
    }
}
