/// What holds for every connection of a ``WebSocketClient``.
public struct WebSocketOptions: Sendable {
    /// Fragments of one message, so that a flood of empty ones is bounded.
    static let maximumFragments = 4096

    /// To resolve the name, connect, finish the TLS handshake and upgrade.
    public var connectTimeout: Duration
    /// How long the server may take to answer our closing.
    public var closeTimeout: Duration
    /// A server that sends nothing for this long is pinged, and given up after the same time again; never if `nil`.
    public var keepAlive: Duration?
    /// The most bytes of one message, fragments put together.
    public var maximumMessageBytes: Int
    /// The most bytes that wait for the consumer; more ends the connection with ``WebSocketError/tooSlow(buffered:)``.
    public var inboxBytes: Int
    /// A file of trusted certificates in PEM form; the system's if `nil`.
    public var certificateFile: String?
    /// What the client calls itself.
    public var userAgent: String

    public init(
        connectTimeout: Duration = .seconds(10), closeTimeout: Duration = .seconds(2),
        keepAlive: Duration? = .seconds(20), maximumMessageBytes: Int = 16 << 20, inboxBytes: Int = 64 << 20,
        certificateFile: String? = nil, userAgent: String = "tidegate"
    ) {
        precondition(connectTimeout > .zero && closeTimeout > .zero, "timeouts are above zero")
        precondition(keepAlive.map { $0 > .zero } ?? true, "a keep-alive is above zero")
        precondition(maximumMessageBytes > 0, "a message limit is above zero")
        precondition(inboxBytes > maximumMessageBytes, "an inbox holds at least one message")
        self.connectTimeout = connectTimeout
        self.closeTimeout = closeTimeout
        self.keepAlive = keepAlive
        self.maximumMessageBytes = maximumMessageBytes
        self.inboxBytes = inboxBytes
        self.certificateFile = certificateFile
        self.userAgent = userAgent
    }
}
