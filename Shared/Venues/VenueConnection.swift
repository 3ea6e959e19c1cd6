/// One websocket connection to open, and what to ask for on it.
public struct VenueConnection: Sendable, Hashable {
    /// The address, `wss://host/path`.
    public let url: String
    /// Text frames to send once the connection stands, in this order and no faster than ``ConnectionRules/frames`` allows.
    public let subscriptions: [String]
    /// How many answers (``VenueEvent/subscribed(_:)`` or ``VenueEvent/subscriptionRefused(_:)``) will come to them; 0 from a
    /// venue that starts to send without answering.
    public let replies: Int

    public init(url: String, subscriptions: [String], replies: Int) {
        self.url = url
        self.subscriptions = subscriptions
        self.replies = replies
    }
}

/// How a venue wants its websocket connections to be treated.
public struct ConnectionRules: Sendable, Hashable {
    /// A number of something per span of time.
    public struct Allowance: Sendable, Hashable {
        public let count: Int
        public let per: Duration

        public init(_ count: Int, per: Duration) { (self.count, self.per) = (count, per) }
    }

    /// A text frame by which the client asks whether the connection is alive.
    public struct TextPing: Sendable, Hashable {
        public let frame: String
        public let interval: Duration

        public init(frame: String, interval: Duration) { (self.frame, self.interval) = (frame, interval) }
    }

    /// How long nothing at all, not even a ping, may come before the connection counts as dead.
    public let maximumSilence: Duration
    /// How long the venue lets a connection live; `nil` for no stated limit.
    public let maximumAge: Duration?
    /// What the client must send to be answered; `nil` where the venue pings, or heartbeats, by itself.
    public let ping: TextPing?
    /// Connections that may be opened.
    public let attempts: Allowance
    /// Frames that may be sent on one connection, pings and pongs included.
    public let frames: Allowance

    public init(
        maximumSilence: Duration, maximumAge: Duration? = nil, ping: TextPing? = nil, attempts: Allowance,
        frames: Allowance
    ) {
        self.maximumSilence = maximumSilence
        self.maximumAge = maximumAge
        self.ping = ping
        self.attempts = attempts
        self.frames = frames
    }
}
