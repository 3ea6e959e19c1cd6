internal import CZeroMQ
public import Schema

/// Publishes single messages, numbered per topic, for those who only listen: telemetry and measurements.
///
/// A stage's log is published by ``LogPublisher``, which can also be asked.
public actor Publisher {
    /// Where it listens, with the port that the system chose for a wildcard.
    public nonisolated let endpoint: Endpoint
    private let socket: ZMQSocket
    private var encoder: FrameEncoder
    private let frames = FrameBuffer(capacity: 1)
    private var sequences: [Topic: UInt64] = [:]
    private let security: ServerSecurity?

    /// Starts listening; `run` is drawn at random for every start, so that a restart can be told from a gap.
    ///
    /// - Throws: ``BusError/addressInUse(endpoint:)`` when somebody else listens there.
    public init(
        context: ZMQContext, endpoint: Endpoint, run: UInt64, options: SocketOptions = SocketOptions(),
        security: ServerSecurity? = nil
    ) throws(BusError) {
        encoder = FrameEncoder(publisher: run)
        self.security = security
        socket = try ZMQSocket(context, .xpub, options.forRequests(highWaterMark: options.highWaterMark))
        if let security { try socket.secure(security) }
        try socket.bind(endpoint)
        self.endpoint = try socket.boundEndpoint()
    }

    /// Sends one message; it never blocks.
    ///
    /// ZeroMQ drops for a subscriber that lags, and the subscriber sees a gap.
    public func publish(_ event: Event, sentTime: UnixNanos) throws(BusError) {
        // What subscribers have said is let go, or it would pile up.
        while try frames.receive(from: socket) > 0 {}
        let topic = event.message.topic
        let sequence = sequences[topic, default: 0] + 1
        let entry = LogEntry(event: event, sequence: sequence, ordinal: 0)
        try socket.send(encoder.frames(of: entry, sentTime: sentTime))
        sequences[topic] = sequence
    }
}
