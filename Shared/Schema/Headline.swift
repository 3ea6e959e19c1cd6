/// A line of news or of social media.
///
/// The text itself is in the feed, so that its sentiment is a feature like every other: computed by one piece of code.
public struct Headline: Codable, Sendable, Hashable {
    /// Who said it, for example `CoinTelegraph`.
    public let source: String
    public let text: String
    /// When it was published, by the source's clock.
    public let time: UnixNanos
    /// When we could have read it; never before ``time``.
    public let knownAt: UnixNanos

    /// Creates a headline, or throws ``SchemaError/payload(kind:reason:)`` for one that was known before it was published.
    public init(source: String, text: String, time: UnixNanos, knownAt: UnixNanos) throws(SchemaError) {
        guard knownAt >= time else { throw .payload(kind: "headline", reason: "known at \(knownAt), before \(time)") }
        self.source = source
        self.text = text
        self.time = time
        self.knownAt = knownAt
    }
}
