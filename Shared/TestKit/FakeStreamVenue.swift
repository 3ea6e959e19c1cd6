internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOWebSocket

/// A venue on one port of loopback that speaks REST and websocket, and does to each connection what a test tells it to.
///
/// It runs as long as the closure that it is lent to.
public struct FakeStreamVenue: Sendable {
    /// What a venue does.
    public struct Behaviour: Sendable {
        /// Answers a REST request.
        public var answer: @Sendable (FakeVenue.Request) async -> FakeVenue.Reply
        /// Says what to answer instead of the upgrade to the websocket of this number, counted from zero; `nil` to upgrade.
        public var refuse: @Sendable (_ number: Int) -> FakeVenue.Reply?
        /// Serves a websocket; the connection ends, without a closing handshake, when it returns or throws.
        public var stream: @Sendable (FakeStreamPeer) async throws -> Void
        /// Whether connections end as soon as they are made.
        public var isGone: @Sendable () -> Bool
        /// Whether pings are answered.
        public var answersPings: Bool

        public init(
            answer: @escaping @Sendable (FakeVenue.Request) async -> FakeVenue.Reply = { _ in FakeVenue.Reply(404) },
            refuse: @escaping @Sendable (_ number: Int) -> FakeVenue.Reply? = { _ in nil },
            isGone: @escaping @Sendable () -> Bool = { false }, answersPings: Bool = true,
            stream: @escaping @Sendable (FakeStreamPeer) async throws -> Void
        ) {
            self.answer = answer
            self.refuse = refuse
            self.isGone = isGone
            self.answersPings = answersPings
            self.stream = stream
        }
    }

    /// What a new connection turned out to be.
    private enum Accepted: Sendable {
        case gone(any Channel)
        case websocket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, number: Int, target: String)
        case rest(NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>, refusal: FakeVenue.Reply?)
    }

    public let port: Int
    /// The address of the websockets, without a path.
    public var streamURL: String { "ws://127.0.0.1:\(port)" }
    /// The address of the REST interface, without a slash at the end.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Runs a venue while `body` does.
    @discardableResult
    public static func run<Result: Sendable>(
        _ behaviour: Behaviour, _ body: @Sendable @escaping (FakeStreamVenue) async throws -> Result
    ) async throws -> Result {
        let count = FakeStreamCount()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try configure(channel, behaviour, count) }
            }
        let port = server.channel.localAddress?.port ?? 0
        return try await server.executeThenClose { connections in
            try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask { try await body(FakeStreamVenue(port: port)) }
                group.addTask {
                    try await withThrowingDiscardingTaskGroup { peers in
                        for try await connection in connections {
                            peers.addTask { await serve(connection, behaviour) }
                        }
                    }
                    return nil
                }
                defer { group.cancelAll() }
                while let result = try await group.next() { if let result { return result } }
                throw CancellationError()
            }
        }
    }

    private static func configure(
        _ channel: any Channel, _ behaviour: Behaviour, _ count: FakeStreamCount
    ) throws -> EventLoopFuture<Accepted> {
        guard !behaviour.isGone() else { return channel.eventLoop.makeSucceededFuture(.gone(channel)) }
        let decision = FakeStreamDecision()
        let upgrader = NIOTypedWebSocketServerUpgrader<Accepted>(
            maxFrameSize: 1 << 24,
            shouldUpgrade: { channel, head in
                decision.take(number: count.next(), target: head.uri, refuse: behaviour.refuse)
                return channel.eventLoop.makeSucceededFuture(decision.refusal == nil ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    Accepted.websocket(
                        try NIOAsyncChannel(wrappingChannelSynchronously: channel), number: decision.number,
                        target: decision.target)
                }
            })
        return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
            configuration: .init(
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                    upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in
                        channel.eventLoop.makeCompletedFuture {
                            Accepted.rest(
                                try NIOAsyncChannel(wrappingChannelSynchronously: channel),
                                refusal: decision.refusal)
                        }
                    })))
    }

    private static func serve(_ connection: EventLoopFuture<Accepted>, _ behaviour: Behaviour) async {
        // What a client does to its connection is no failure of the venue.
        do {
            switch try await connection.get() {
            case .gone(let channel): try await channel.close()
            case .websocket(let channel, let number, let target):
                try await FakeStreamPeer.serve(
                    channel, number: number, target: target, answersPings: behaviour.answersPings, behaviour.stream)
            case .rest(let channel, let refusal):
                try await FakeStreamREST.serve(channel, refusal: refusal, behaviour.answer)
            }
        } catch {}
    }
}
