public import Schema

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Tells closes that lie far out of what came before: by the robust z-score of their log returns.
///
/// With the median m of the last returns and their median distance MAD from it, a return r has the modified z-score
/// (r − m) / (1.4826 MAD); where more than half of the returns are equal, so that MAD is zero, their mean distance times
/// 1.2533 stands for it (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", ASQC 1993). The factors make both the
/// standard deviation of normal returns. Only returns of earlier candles decide, so that a replay cannot know more than
/// the feed knew.
///
/// A wrong tick comes back, a crash does not: after an outlier the next close is measured from it too, and counts by the
/// smaller of the two returns. So one wrong close is one outlier, and after a real jump the new level is not one.
public struct OutlierDetector: Sendable, Equatable, Codable {
    /// Returns that are looked back on.
    public static let window = 120
    /// Returns that there must be before any is judged.
    public static let warmUp = 40
    /// The score from which on a close is an outlier.
    ///
    /// High enough to leave the market's own crashes alone: of five years of BTC, ETH and SOL it marks no hour of 131,409 and
    /// one half hour of 262,806 (BTC on false news, 2023-10-16 13:00); from 30 on there are 5 and 6, from 20 on 14 and 29. A
    /// price that is wrong by a factor of two scores a hundred and more.
    public static let standardThreshold = 50.0

    /// Returns of a smaller size are never outliers: after a market that hardly moved the score tells nothing.
    public static let smallestReturn = 0.01

    /// An outlier's return and score.
    public struct Finding: Sendable, Equatable {
        /// ln of the close by the close before.
        public let logReturn: Double
        public let score: Double
    }

    private var returns = SortedWindow(capacity: Self.window)
    /// The open time of the candle before.
    private var last: UnixNanos?
    /// Its close, or, where it was an outlier, that of the one before.
    private var trusted = 0.0
    /// Its close, where it was an outlier.
    private var doubtful: Double?

    public init() {}

    /// Takes the next candle's close, above zero; what is found when it is an outlier, by its score.
    ///
    /// A return across a hole is longer than the others, and is neither judged nor remembered.
    public mutating func judge(
        _ close: Double, at openTime: UnixNanos, timeframe: Timeframe, threshold: Double
    ) -> Finding? {
        let follows = last.map { $0.advanced(by: timeframe.nanoseconds) == openTime } ?? false
        last = openTime
        guard follows else {
            (trusted, doubtful) = (close, nil)
            return nil
        }
        let far = log(close / trusted)
        let near = doubtful.map { log(close / $0) } ?? far
        let logReturn = abs(near) < abs(far) ? near : far
        let score = score(logReturn)
        returns.append(Float(logReturn))
        guard score >= threshold, abs(logReturn) >= Self.smallestReturn else {
            (trusted, doubtful) = (close, nil)
            return nil
        }
        doubtful = close
        return Finding(logReturn: logReturn, score: score)
    }

    /// The size of a return's modified z-score; 0 where nothing tells.
    func score(_ logReturn: Double) -> Double {
        guard returns.count >= Self.warmUp else { return 0 }
        let median = returns.median
        var deviation = 1.4826 * returns.medianDistance(from: median)
        if deviation == 0 { deviation = 1.2533 * returns.meanDistance(from: median) }
        return deviation > 0 ? abs(logReturn - median) / deviation : 0
    }
}
