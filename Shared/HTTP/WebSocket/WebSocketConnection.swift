internal import NIOCore
internal import NIOWebSocket

/// An open websocket, inside ``WebSocketClient/withConnection(to:headers:_:)``.
public struct WebSocketConnection: Sendable {
    private let channel: any Channel
    private let inbox: WebSocketInbox
    private let closeTimeout: Duration

    init(channel: any Channel, inbox: WebSocketInbox, closeTimeout: Duration) {
        self.channel = channel
        self.inbox = inbox
        self.closeTimeout = closeTimeout
    }

    /// What the server sends, in order and without a hole up to the end of the connection, which is always an error.
    ///
    /// One task may iterate at a time.
    public var messages: Messages { Messages(inbox: inbox) }

    /// Sends a text, and returns when it has been handed to the system.
    ///
    /// - Throws: ``WebSocketError/interrupted(_:)`` when the connection has ended.
    public func send(_ text: String) async throws(WebSocketError) {
        let frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text))
        do { try await channel.writeAndFlush(frame).get() } catch { throw WebSocketError(describing: error) }
    }

    /// Closes by the handshake, and without it when the server does not answer in time.
    func close() async {
        let channel = channel
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(closeTimeout)) { channel.close(promise: nil) }
        inbox.end(.cancelled)
        channel.writeAndFlush(WebSocketFrame.closing(.normalClosure), promise: nil)
        // It fails for no channel: a channel that cannot be closed cleanly is closed all the same.
        try? await channel.closeFuture.get()
        deadline.cancel()
    }

    /// Ends the connection at once.
    func abort() {
        inbox.end(.cancelled)
        channel.close(promise: nil)
    }

    /// The messages of a connection.
    public struct Messages: AsyncSequence, AsyncIteratorProtocol, Sendable {
        public typealias Element = WebSocketMessage
        public typealias Failure = WebSocketError

        fileprivate let inbox: WebSocketInbox

        public func makeAsyncIterator() -> Self { self }

        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(WebSocketError) -> WebSocketMessage? {
            try await inbox.take()
        }
    }
}

extension WebSocketFrame {
    /// A frame that closes the connection with a code.
    static func closing(_ code: WebSocketErrorCode) -> WebSocketFrame {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
    }
}

extension TimeAmount {
    /// The same length of time; NIO counts in nanoseconds, up to 292 years.
    init(_ duration: Duration) { self = .nanoseconds(Int64(clamping: duration.wholeNanos)) }
}
