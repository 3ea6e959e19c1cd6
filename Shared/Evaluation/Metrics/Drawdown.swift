/// The falls of an equity curve from its peaks.
///
/// The curve begins with 1 before the first return, at index 0; index n is after the n-th return.
public struct Drawdown: Sendable, Hashable, Codable {
    /// The deepest fall as a negative fraction of the peak before it; zero when there was none.
    public let maximum: Double
    /// Where that fall began.
    public let peakIndex: Int
    /// Where it was deepest.
    public let troughIndex: Int
    /// Where the peak was reached again; `nil` when it was not.
    public let recoveryIndex: Int?
    /// The largest number of bars in a row below a former peak.
    public let longest: Int
    /// The mean over all points of the curve, negative.
    public let mean: Double
    /// The root of the mean square over all points of the curve (ulcer index).
    public let ulcerIndex: Double

    /// - Parameter returns: Simple returns, one a bar.
    public init(returns: [Double]) {
        var curve = [1.0]
        curve.reserveCapacity(returns.count + 1)
        for value in returns { curve.append((curve.last ?? 1) * (1 + value)) }

        var (peak, peakAt, under) = (1.0, 0, 0)
        var (maximum, deepestPeak, trough, longest, sum, squares) = (0.0, 0, 0, 0, 0.0, 0.0)
        for (index, equity) in curve.enumerated() {
            if equity > peak { (peak, peakAt) = (equity, index) }
            let fall = peak > 0 ? equity / peak - 1 : 0
            under = fall < 0 ? under + 1 : 0
            longest = max(longest, under)
            sum += fall
            squares += fall * fall
            if fall < maximum { (maximum, deepestPeak, trough) = (fall, peakAt, index) }
        }
        self.maximum = maximum
        peakIndex = deepestPeak
        troughIndex = trough
        recoveryIndex = maximum < 0 ? curve.indices.first { $0 > trough && curve[$0] >= curve[deepestPeak] } : nil
        self.longest = longest
        mean = sum / Double(curve.count)
        ulcerIndex = (squares / Double(curve.count)).squareRoot()
    }
}
