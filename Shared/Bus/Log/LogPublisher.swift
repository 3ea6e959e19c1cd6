internal import CZeroMQ
public import Schema

/// Publishes a stage's log and answers those who missed a part of it.
///
/// It owns two listening sockets, one for the stream and one for recovery. Like all sockets it belongs to the thread that
/// made it.
public final class LogPublisher {
    /// Where it publishes and where it answers, with the ports that the system chose for wildcards.
    public let endpoint: Endpoint
    public let recoveryEndpoint: Endpoint
    /// The publisher's run, drawn at random when the process started, with its shard; see ``Schema/Shard/run(drawn:)``.
    public let run: UInt64
    /// The part of the service whose log it is.
    public let shard: Shard
    /// Live subscriptions, counted as their messages are read; see ``waitForSubscriptions(_:timeout:)``.
    public private(set) var subscriptions = 0

    let requests: ZMQSocket
    private let stream: ZMQSocket
    private var encoder: FrameEncoder
    private let frames = FrameBuffer(capacity: 2)
    private var pageBytes: [UInt8] = []
    private var lastNumber: UInt64 = 0
    private let security: ServerSecurity?
    private var watches: [RefusalWatch] = []

    /// Starts listening.
    ///
    /// `run` is drawn at random. It answers at `recovery`, by default the place that ``Endpoint/recovery()`` derives.
    /// Without `security` it talks in the clear to everybody.
    ///
    /// - Throws: ``BusError/addressInUse(endpoint:)`` when somebody else listens there.
    public init(
        context: ZMQContext, endpoint: Endpoint, recovery: Endpoint? = nil, run: UInt64, shard: Shard = .whole,
        options: SocketOptions = SocketOptions(), security: ServerSecurity? = nil
    ) throws(BusError) {
        self.run = shard.run(drawn: run)
        self.shard = shard
        self.security = security
        encoder = FrameEncoder(publisher: self.run)
        // XPUB is PUB that also tells who subscribes; the limits are for what subscribers send, not for what they get.
        stream = try ZMQSocket(context, .xpub, options.forRequests(highWaterMark: options.highWaterMark))
        try stream.set(ZMQ_XPUB_VERBOSER, 1)
        // More than a few unread pages are not worth keeping for a peer.
        requests = try ZMQSocket(context, .router, options.forRequests(highWaterMark: 64))
        if let security {
            try stream.secure(security)
            try requests.secure(security)
        }
        try stream.bind(endpoint)
        self.endpoint = try stream.boundEndpoint()
        let answering = if let recovery { recovery } else { try self.endpoint.recovery() }
        try requests.bind(answering)
        recoveryEndpoint = try requests.boundEndpoint()
        guard security != nil else { return }
        watches = [
            try RefusalWatch(context, stream, at: self.endpoint),
            try RefusalWatch(context, requests, at: recoveryEndpoint),
        ]
    }

    /// Sends a batch and the watermark that ends it.
    ///
    /// Never blocks: ZeroMQ drops for a subscriber that lags, and the subscriber sees a gap.
    public func publish(_ batch: LogBatch, sentTime: UnixNanos) throws(BusError) {
        for entry in batch.entries { try stream.send(encoder.frames(of: entry, sentTime: sentTime)) }
        try stream.send(encoder.watermark(of: batch, sentTime: sentTime))
        lastNumber = batch.number
    }

    /// Says that the publisher lives and how far it is, so that a loss at the tail shows.
    ///
    /// `head` is the last watermark; the envelope's sequence is the number of the batch published last.
    public func heartbeat(head: FeedPosition, sentTime: UnixNanos) throws(BusError) {
        try stream.send(encoder.heartbeat(head: head, number: lastNumber, sentTime: sentTime))
    }

    /// Cuts all connections and listens again at the same places.
    ///
    /// Those that may connect again at once, and ask for what they missed; whoever is let in no longer stays out.
    ///
    /// - Throws: ``BusError/addressInUse(endpoint:)`` when somebody else was faster.
    public func reopen() throws(BusError) {
        try stream.rebind(endpoint)
        try requests.rebind(recoveryEndpoint)
    }

    // MARK: Recovery

    /// One consumer's connection, for the answer.
    public struct Peer: Sendable, Hashable {
        let identity: [UInt8]
    }

    /// A question and who asks.
    public struct Request: Sendable, Hashable {
        public let peer: Peer
        public let request: RecoveryRequest
    }

    /// Takes the requests that wait, at most `limit`, without blocking.
    ///
    /// `refused` gets an error for each that cannot be read; those are not answered. What is asked of another shard of the
    /// service is left to that one. The result counts the messages taken, readable or not; fewer than `limit` means that
    /// none waits any more.
    @discardableResult
    public func receiveRequests(
        limit: Int = 256, into received: inout [Request], refused: inout [BusError]
    ) throws(BusError) -> Int {
        try countSubscriptions()
        for taken in 0..<limit {
            let count = try frames.receive(from: requests)
            guard count > 0 else { return taken }
            guard count == 2 else {
                refused.append(.malformed(.frameCount(count)))
                continue
            }
            do {
                let (request, asked) = try RecoveryCoder.request(frames[1])
                guard asked == shard else { continue }
                received.append(Request(peer: Peer(identity: frames.bytes(0)), request: request))
            } catch {
                refused.append(error)
            }
        }
        return limit
    }

    /// Answers a request.
    ///
    /// Batches that do not fit into 8 MiB are left out from the end, save the first; the consumer asks again for what
    /// follows. An answer to a peer that is gone, or that reads none of them, is dropped.
    public func reply(to peer: Peer, _ page: RecoveryPage, sentTime: UnixNanos) throws(BusError) {
        try RecoveryCoder.write(page, sentTime: sentTime, using: &encoder, to: &pageBytes)
        try requests.send(peer.identity, more: true)
        try requests.send(pageBytes, more: false)
    }

    /// Attempts to connect that were refused so far, to listen or to ask; without security none is.
    ///
    /// Who is refused tries again and again, and is counted each time.
    public func refusedConnections() throws(BusError) -> Int {
        var count = 0
        for watch in watches { count += try watch.total() }
        return count
    }

    // MARK: Subscriptions

    /// Waits until at least `count` subscriptions live; a subscriber has one for each topic prefix that it follows.
    ///
    /// Who asks for what it missed needs no such handshake; it is for tests, measurements and telemetry.
    ///
    /// - Returns: `false` when no further one came for the length of `timeout`.
    public func waitForSubscriptions(_ count: Int, timeout: Duration) throws(BusError) -> Bool {
        try countSubscriptions()
        while subscriptions < count {
            guard try stream.wait(milliseconds: timeout.milliseconds) else { return false }
            try countSubscriptions()
        }
        return true
    }

    /// Waits until at most `count` subscriptions live.
    func waitForDepartures(downTo count: Int, timeout: Duration) throws(BusError) -> Bool {
        try countSubscriptions()
        while subscriptions > count {
            guard try stream.wait(milliseconds: timeout.milliseconds) else { return false }
            try countSubscriptions()
        }
        return true
    }

    private func countSubscriptions() throws(BusError) {
        while try frames.receive(from: stream) > 0 {
            // The first byte says whether it comes (1) or goes (0); other bytes are a stranger's.
            switch frames[0].first {
            case 1: subscriptions += 1
            case 0: subscriptions -= 1
            default: break
            }
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, so that a short wait does not become no wait.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
