internal import Schema

/// Where the history of a training ends; fixed when the job is first taken, so that every fit and every attempt sees the
/// same.
struct HistoryEnd: Codable, Hashable {
    /// The feed's last watermark, for a training on the feed.
    var position: FeedPosition?
    /// The last moment at which a candle closed, for a training on candles.
    var moment: UnixNanos?
}
