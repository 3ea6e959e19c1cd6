public import Market
internal import Schema

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How the headlines of the newest bars sound, how that has changed, and how many there are.
///
/// Headlines are about the market, so every instrument has all of them: those that became known since the bar before count
/// as the bar's. The first bar has none before it and so no headlines, which is why an instrument that appears later than
/// others has their values once it has warmed up. Without any headline all are 0, never `NaN`.
public struct HeadlineSentiment: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        /// Mean compound score of the headlines, −1…1; one of the newest bar counts as often as there are bars, and one of
        /// the oldest once.
        public let sentiment: Double
        /// The sentiment less what it was as many bars before, −2…2.
        public let change: Double
        /// Logarithm of one plus the number of the newest bar over the mean of the bars.
        public let count: Double

        public static let count = 3
        public func line(_ number: Int) -> Double {
            switch number {
            case 0: sentiment
            case 1: change
            default: count
            }
        }

        fileprivate static let missing = Self(sentiment: .nan, change: .nan, count: .nan)
    }

    private var hasBar = false
    /// Since the bar before.
    private var newest = 0.0
    private var newestCount = 0.0
    /// Of each bar the sum of the scores, and how many there are.
    private var scores: RollingWindow
    private var counts: RollingWindow
    /// The sentiments of the bars before.
    private var sentiments: RollingWindow

    /// - Parameter length: Bars that are looked at.
    public init(length: Int) {
        scores = RollingWindow(length)
        counts = scores
        sentiments = scores
    }

    public var warmUp: Int { scores.length + 1 }
    public func warmUp(ofLine line: Int) -> Int { line == 1 ? 2 * scores.length + 1 : warmUp }

    public mutating func observe(_ event: MarketEvent) {
        guard case .headline(let headline) = event else { return }
        newest += SentimentScorer.compound(ofHeadline: headline.text)
        newestCount += 1
    }

    public mutating func update(_ bar: Bar) -> Lines {
        let count = newestCount
        defer { (hasBar, newest, newestCount) = (true, 0, 0) }
        guard hasBar else { return .missing }
        _ = scores.push(newest)
        _ = counts.push(count)
        guard scores.isFull else { return .missing }
        let sentiment = sentiment
        let earlier = sentiments.push(sentiment)
        return Lines(
            sentiment: sentiment, change: earlier.isThere ? sentiment - earlier.number : .nan,
            count: count > 0 ? log1p(count / (counts.sum(ofNewest: counts.length) / Double(counts.length))) : 0)
    }

    public mutating func hold() {
        scores.hold()
        counts.hold()
        sentiments.hold()
    }

    private var sentiment: Double {
        var (sum, weights) = (0.0, 0.0)
        for age in 0..<scores.length {
            let weight = Double(scores.length - age)
            sum += weight * scores.recent(age)
            weights += weight * counts.recent(age)
        }
        return weights > 0 ? sum / weights : 0
    }
}
