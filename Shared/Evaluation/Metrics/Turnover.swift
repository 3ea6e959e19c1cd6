/// How much was traded.
public enum Turnover {
    /// The sum of the position's changes, from flat at the start.
    ///
    /// - Parameter positions: One a bar, as fractions of equity.
    /// - Returns: In the same unit: 1 is the whole equity bought or sold once.
    public static func total(positions: [Double]) -> Double {
        var (total, held) = (0.0, 0.0)
        for position in positions {
            total += abs(position - held)
            held = position
        }
        return total
    }
}
