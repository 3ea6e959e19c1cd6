/// What the feed may repair, and how; nothing, unless the user says so.
///
/// A candle that a rule made or changed has the source `repaired` and an anomaly `repaired` beside the anomaly of what was
/// wrong. What has left the feed is never changed: a true candle that comes after its stand-in is late, as it would be
/// without.
public struct RepairRules: Sendable, Equatable {
    public enum Rule: String, Sendable, CaseIterable {
        /// A candle that is missing when its watermark comes is replaced by a flat one at the last close, without volume.
        case fillGaps = "fill-gaps"
        /// A candle whose close is an outlier does not enter the feed.
        case dropOutliers = "drop-outliers"
        /// A high or low that is not the extreme of a candle's prices becomes it.
        case widenRange = "widen-range"
    }

    public let rules: Set<Rule>
    /// Candles that ``Rule/fillGaps`` makes at most after a true one; a longer hole stays open from there on.
    public let fillLimit: Int

    /// Nothing is repaired.
    public static let none = Self([])

    /// `fillLimit`: Not below zero.
    public init(_ rules: Set<Rule>, fillLimit: Int = 24) {
        precondition(fillLimit >= 0, "no less than no candle can be filled in")
        (self.rules, self.fillLimit) = (rules, fillLimit)
    }

    func has(_ rule: Rule) -> Bool { rules.contains(rule) }
}
