internal import NIOCore
internal import NIOWebSocket

/// A client's websocket, as the venue sees it.
public struct FakeStreamPeer: Sendable {
    /// Counts the venue's websockets from zero.
    public let number: Int
    /// The path and the query that the client connected to.
    public let target: String
    /// The texts that the client sends; it ends when the client is gone.
    public let texts: AsyncStream<String>
    private let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>

    /// Sends a text, in as many frames as told.
    public func send(_ text: String, fragments: Int = 1) async throws {
        try await send(Array(text.utf8), opcode: .text, fragments: fragments)
    }

    /// Sends bytes as a text, whether they are one or not.
    public func send(rawText bytes: [UInt8]) async throws { try await send(bytes, opcode: .text, fragments: 1) }

    /// Sends bytes as a binary message.
    public func send(binary bytes: [UInt8]) async throws { try await send(bytes, opcode: .binary, fragments: 1) }

    /// Asks the client for a sign of life.
    public func ping(_ text: String = "") async throws {
        try await outbound.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer(string: text)))
    }

    /// Begins the closing handshake.
    public func close(code: UInt16, reason: String = "") async throws {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: Int(code)))
        data.writeString(reason)
        try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
    }

    /// Begins a fragmented message and another one within it, which the protocol forbids.
    public func sendInterleaved() async throws {
        for _ in 0..<2 {
            try await outbound.write(WebSocketFrame(fin: false, opcode: .text, data: ByteBuffer(string: "half")))
        }
    }

    private func send(_ bytes: [UInt8], opcode: WebSocketOpcode, fragments: Int) async throws {
        let size = max(1, (bytes.count + fragments - 1) / fragments)
        for start in stride(from: 0, to: max(1, bytes.count), by: size) {
            let end = min(bytes.count, start + size)
            try await outbound.write(
                WebSocketFrame(
                    fin: end == bytes.count, opcode: start == 0 ? opcode : .continuation,
                    data: ByteBuffer(bytes: bytes[start..<end])))
        }
    }

    /// Reads what the client sends, answers its pings and its closing, and lends the rest to `stream`.
    static func serve(
        _ channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, number: Int, target: String, answersPings: Bool,
        _ stream: @escaping @Sendable (FakeStreamPeer) async throws -> Void
    ) async throws {
        try await channel.executeThenClose { inbound, outbound in
            let (texts, continuation) = AsyncStream<String>.makeStream()
            let peer = FakeStreamPeer(number: number, target: target, texts: texts, outbound: outbound)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await stream(peer) }
                group.addTask {
                    defer { continuation.finish() }
                    try await read(inbound, outbound, answersPings: answersPings, continuation)
                }
                // Whichever ends first, the server's script or the client, ends the connection.
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private static func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, answersPings: Bool,
        _ texts: AsyncStream<String>.Continuation
    ) async throws {
        for try await frame in inbound {
            let data = frame.unmaskedData
            switch frame.opcode {
            case .text: texts.yield(String(buffer: data))
            case .ping where answersPings:
                try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: data))
            case .pong: texts.yield("pong:\(String(buffer: data))")
            case .connectionClose:
                texts.yield("close")
                // The answer to our own closing needs none.
                try? await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
                return
            default: break
            }
        }
    }
}
