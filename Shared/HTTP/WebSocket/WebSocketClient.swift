internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket

/// Opens websockets (RFC 6455).
///
/// Certificates and host names are always verified, no extension is offered (so nothing is compressed), and proxies are
/// not used. A connection lives as long as the closure that it is lent to.
public struct WebSocketClient<Random: RandomNumberGenerator & Sendable>: Sendable {
    private let options: WebSocketOptions
    private let security: NIOSSLContext
    private let now: @Sendable () -> Int64
    private let random: Random

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - options: limits and trust.
    ///   - now: our clock, in nanoseconds since 1970; it stamps messages as they arrive.
    ///   - random: draws the masking keys; it must be one that a server cannot predict (RFC 6455, section 10.3).
    /// - Throws: ``WebSocketError/tls(_:)`` when the trusted certificates cannot be read.
    public init(
        options: WebSocketOptions = WebSocketOptions(), now: @escaping @Sendable () -> Int64, random: Random
    ) throws(WebSocketError) {
        self.options = options
        self.now = now
        self.random = random
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        if let file = options.certificateFile { configuration.trustRoots = .file(file) }
        do { security = try NIOSSLContext(configuration: configuration) } catch { throw .tls("\(error)") }
    }

    /// Opens a connection, lends it to `body`, and closes it when that returns or throws.
    ///
    /// When the task is cancelled the connection ends at once.
    ///
    /// - Throws: what `body` throws, or ``WebSocketError`` when there is no connection.
    public func withConnection<Result>(
        to address: WebSocketAddress, headers: HTTPHeaders = [:],
        isolation: isolated (any Actor)? = #isolation,
        _ body: (WebSocketConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await connect(to: address, headers: headers)
        do {
            let result = try await withTaskCancellationHandler {
                try await body(connection)
            } onCancel: {
                connection.abort()
            }
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Connects, secures and upgrades.
    ///
    /// One promise ends all of it early, whether by the deadline or by the task's cancellation: whatever channel was made
    /// meanwhile closes when the promise fails, and what then fails on the channel fails for the promise's reason.
    private func connect(
        to address: WebSocketAddress, headers: HTTPHeaders
    ) async throws(WebSocketError) -> WebSocketConnection {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let permission = loop.makePromise(of: Void.self)
        let deadline = loop.scheduleTask(in: TimeAmount(options.connectTimeout)) {
            permission.fail(WebSocketError.timeout)
        }
        defer { deadline.cancel() }
        do {
            let connection = try await withTaskCancellationHandler {
                try await upgrade(on: loop, address, headers, while: permission.futureResult)
            } onCancel: {
                permission.fail(WebSocketError.cancelled)
            }
            permission.succeed()
            try await permission.futureResult.get()
            return connection
        } catch {
            permission.fail(error)
            let cause = WebSocketError(describing: error)
            // A channel that we close fails as if it were interrupted: then the reason for closing it is the cause.
            guard case .interrupted = cause else { throw cause }
        }
        throw await permission.futureResult.failure()
    }

    private func upgrade(
        on loop: any EventLoop, _ address: WebSocketAddress, _ headers: HTTPHeaders,
        while permission: EventLoopFuture<Void>
    ) async throws -> WebSocketConnection {
        let upgrade = try await ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(options.connectTimeout))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .connect(host: address.host, port: address.port) { channel in
                permission.whenFailure { _ in channel.close(promise: nil) }
                return channel.eventLoop.makeCompletedFuture { try configure(channel, address, headers) }
            }
        switch try await upgrade.get() {
        case .open(let connection): return connection
        case .refused(let reason): throw try await reason.get()
        }
    }

    private func configure(
        _ channel: any Channel, _ address: WebSocketAddress, _ headers: HTTPHeaders
    ) throws -> EventLoopFuture<WebSocketUpgrade> {
        let pipeline = channel.pipeline.syncOperations
        if address.isSecure {
            // Certificates of bare addresses name no host: NIO then compares with the peer's address.
            let isBareAddress = (try? SocketAddress(ipAddress: address.host, port: address.port)) != nil
            try pipeline.addHandler(
                NIOSSLClientHandler(context: security, serverHostname: isBareAddress ? nil : address.host))
        }
        var random = random
        let upgrader = NIOTypedWebSocketClientUpgrader<WebSocketUpgrade>(
            requestKey: NIOWebSocketClientUpgrader.randomRequestKey(using: &random),
            maxFrameSize: options.maximumMessageBytes, enableAutomaticErrorHandling: false
        ) { [random] channel, _ in
            channel.eventLoop.makeCompletedFuture { WebSocketUpgrade.open(try open(channel, random)) }
        }
        var fields: [(String, String)] = [("Host", address.authority), ("User-Agent", options.userAgent)]
        fields += headers.fields.map { ($0.name, $0.value) }
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: address.target, headers: NIOHTTP1.HTTPHeaders(fields))
        let configuration = NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: head, upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
                channel.eventLoop.makeCompletedFuture {
                    let answer = channel.eventLoop.makePromise(of: WebSocketError.self)
                    try channel.pipeline.syncOperations.addHandler(WebSocketRefusal(answer))
                    return WebSocketUpgrade.refused(answer.futureResult)
                }
            })
        var upgradable = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration)
        // The first frames can come in one segment with the answer; by default NIO would drop them.
        upgradable.leftOverBytesStrategy = .forwardBytes
        return try pipeline.configureUpgradableHTTPClientPipeline(configuration: upgradable)
    }

    private func open(_ channel: any Channel, _ random: Random) throws -> WebSocketConnection {
        let inbox = WebSocketInbox(capacity: options.inboxBytes)
        let pipeline = channel.pipeline.syncOperations
        if let keepAlive = options.keepAlive {
            try pipeline.addHandler(IdleStateHandler(readTimeout: TimeAmount(keepAlive)))
        }
        try pipeline.addHandler(
            NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: WebSocketOptions.maximumFragments,
                maxAccumulatedFrameSize: options.maximumMessageBytes))
        try pipeline.addHandler(
            WebSocketHandler(
                inbox: inbox, messageLimit: options.maximumMessageBytes, now: now, random: random))
        return WebSocketConnection(channel: channel, inbox: inbox, closeTimeout: options.closeTimeout)
    }
}

extension EventLoopFuture<Void> {
    /// Why it failed; ``WebSocketError/cancelled`` if it did not.
    fileprivate func failure() async -> WebSocketError {
        do { try await get() } catch { return WebSocketError(describing: error) }
        return .cancelled
    }
}
