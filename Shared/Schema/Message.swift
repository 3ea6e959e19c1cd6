/// Any message of the pipeline.
public enum Message: Codable, Sendable, Hashable {
    case candle(Candle)
    case anomaly(Anomaly)
    case control(Control)
    case watermark(Watermark)
    case features(FeatureVector)
    case prediction(Prediction)
    case decision(Decision)
    case order(Order)
    case orderEvent(OrderEvent)
    case fill(Fill)
    case account(Account)
    case metric(Metric)
    case trade(Trade)
    case quote(Quote)
    case book(Book)
    case side(SideValue)
    case headline(Headline)

    /// The kind of a message, by its number on the wire; numbers are never used again for something else.
    public enum Kind: UInt16, Codable, Sendable, CaseIterable {
        case candle = 1
        case anomaly = 2
        case control = 3
        case watermark = 4
        case features = 5
        case prediction = 6
        case decision = 7
        case order = 8
        case orderEvent = 9
        case fill = 10
        case account = 11
        case metric = 12
        case trade = 13
        case quote = 14
        case book = 15
        case side = 16
        case headline = 17

        /// The first part of the topic.
        public var stream: String {
            switch self {
            case .candle: "candle"
            case .anomaly: "anomaly"
            case .control: "control"
            case .watermark: "watermark"
            case .features: "features"
            case .prediction: "prediction"
            case .decision: "decision"
            case .order: "order"
            case .orderEvent: "order-event"
            case .fill: "fill"
            case .account: "account"
            case .metric: "metric"
            case .trade: "trade"
            case .quote: "quote"
            case .book: "book"
            case .side: "side"
            case .headline: "headline"
            }
        }

        /// The kind of a stream's name; `nil` for a name that is none.
        public init?(stream: some StringProtocol) {
            guard let kind = Self.allCases.first(where: { $0.stream == stream }) else { return nil }
            self = kind
        }

        /// The version of the payload's layout.
        ///
        /// It is raised when an old reader would misread a new message; an added optional field does not raise it.
        public var schemaVersion: UInt16 { 1 }
    }

    public var kind: Kind {
        switch self {
        case .candle: .candle
        case .anomaly: .anomaly
        case .control: .control
        case .watermark: .watermark
        case .features: .features
        case .prediction: .prediction
        case .decision: .decision
        case .order: .order
        case .orderEvent: .orderEvent
        case .fill: .fill
        case .account: .account
        case .metric: .metric
        case .trade: .trade
        case .quote: .quote
        case .book: .book
        case .side: .side
        case .headline: .headline
        }
    }

    /// What the message is about.
    public var topic: Topic {
        switch self {
        case .candle(let candle): Topic(.candle, candle.instrument, candle.timeframe)
        case .anomaly: Topic(.anomaly)
        case .control: Topic(.control)
        case .watermark: Topic(.watermark)
        case .features(let vector): Topic(.features, vector.instrument, vector.timeframe)
        case .prediction(let prediction): Topic(.prediction, prediction.instrument, prediction.timeframe)
        case .decision(let decision): Topic(.decision, decision.instrument)
        case .order(let order): Topic(.order, order.instrument)
        case .orderEvent(let event): Topic(.orderEvent, event.instrument)
        case .fill(let fill): Topic(.fill, fill.instrument)
        case .account: Topic(.account)
        case .metric: Topic(.metric)
        case .trade(let trade): Topic(.trade, trade.instrument)
        case .quote(let quote): Topic(.quote, quote.instrument)
        case .book(let book): Topic(.book, book.instrument)
        case .side(let value): Topic(.side, value.instrument)
        case .headline: Topic(.headline)
        }
    }

    /// When what it tells happened or became knowable; `nil` where the place in the feed is all that counts.
    public var eventTime: UnixNanos? {
        switch self {
        case .candle(let candle): candle.closeTime
        case .anomaly(let anomaly): anomaly.time
        case .control: nil
        case .watermark(let watermark): watermark.time
        case .features(let vector): vector.asOf
        case .prediction(let prediction): prediction.asOf
        case .decision(let decision): decision.time
        case .order(let order): order.time
        case .orderEvent(let event): event.time
        case .fill(let fill): fill.time
        case .account(let account): account.time
        case .metric(let metric): metric.time
        case .trade(let trade): trade.eventTime
        case .quote(let quote): quote.eventTime
        case .book(let book): book.eventTime
        case .side(let value): value.knownAt
        case .headline(let headline): headline.knownAt
        }
    }
}

/// One message with its place in the feed.
public struct Event: Codable, Sendable, Hashable {
    /// The feed event that caused it; its own place for an event of the feed itself.
    public let position: FeedPosition
    /// The feed event that began the chain, for example the candle that led to a decision, its order and its fill.
    public let trace: FeedPosition
    public let message: Message

    public init(position: FeedPosition, trace: FeedPosition? = nil, _ message: Message) {
        self.position = position
        self.trace = trace ?? position
        self.message = message
    }
}
