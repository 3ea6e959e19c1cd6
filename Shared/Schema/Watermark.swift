/// Says that all events up to a time are out; it ends a batch of its publisher's log.
///
/// The ingestor alone decides when; each stage forwards it after everything that it made of the batch.
public struct Watermark: Codable, Sendable, Hashable {
    /// How many messages a topic had in the batch, so that a subscriber can tell whether it has them all.
    public struct Tail: Codable, Sendable, Hashable {
        public let topic: Topic
        public let count: Int
        /// The topic's sequence number of the last of them.
        public let last: UInt64

        public init(topic: Topic, count: Int, last: UInt64) {
            self.topic = topic
            self.count = count
            self.last = last
        }
    }

    /// Its own place in the feed; the same in every stage's log.
    public let position: FeedPosition
    /// The watermark before it; ``FeedPosition/start`` for the first.
    public let previous: FeedPosition
    /// All events up to and including this moment are out.
    public let time: UnixNanos
    /// One for each topic with messages in the batch, in the order of their first message.
    public let tails: [Tail]

    public init(position: FeedPosition, previous: FeedPosition, time: UnixNanos, tails: [Tail] = []) {
        self.position = position
        self.previous = previous
        self.time = time
        self.tails = tails
    }
}
