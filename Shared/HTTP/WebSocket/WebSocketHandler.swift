internal import NIOCore
internal import NIOWebSocket

/// The last handler of a connection: keeps the protocol's promises, and puts messages into the inbox.
///
/// It answers pings and the closing handshake, asks a silent server for a sign of life, and masks every frame that we
/// send (RFC 6455, section 5.3). It runs on the event loop, so a slow consumer never delays a pong.
final class WebSocketHandler<Random: RandomNumberGenerator & Sendable>: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let inbox: WebSocketInbox
    private let messageLimit: Int
    private let now: @Sendable () -> Int64
    private var random: Random
    private var awaitsPong = false
    private var sentClose = false

    init(inbox: WebSocketInbox, messageLimit: Int, now: @escaping @Sendable () -> Int64, random: Random) {
        self.inbox = inbox
        self.messageLimit = messageLimit
        self.now = now
        self.random = random
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        awaitsPong = false
        guard frame.maskKey == nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return fail(.protocolViolation("a masked frame, or one of an extension"), .protocolError, context)
        }
        switch frame.opcode {
        case .text: receive(.text, frame.data, context)
        case .binary: receive(.binary, frame.data, context)
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, data: frame.data)
            context.writeAndFlush(wrapOutboundOut(masked(pong)), promise: nil)
        case .pong: break
        case .connectionClose: receiveClose(frame.data, context)
        default: fail(.protocolViolation("opcode \(frame.opcode)"), .protocolError, context)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let frame = unwrapOutboundIn(data)
        if frame.opcode == .connectionClose {
            guard !sentClose else {
                promise?.succeed()
                return
            }
            sentClose = true
        }
        context.write(wrapOutboundOut(masked(frame)), promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let idle = event as? IdleStateHandler.IdleStateEvent, idle == .read else {
            return context.fireUserInboundEventTriggered(event)
        }
        guard !awaitsPong else { return fail(.silent, .goingAway, context) }
        awaitsPong = true
        let ping = WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())
        context.writeAndFlush(wrapOutboundOut(masked(ping)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let (reason, code) = WebSocketError.ofFraming(error, limit: messageLimit)
        fail(reason, code, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.end(.interrupted("the connection ended without a closing handshake"))
        context.fireChannelInactive()
    }

    private func receive(_ kind: WebSocketMessage.Kind, _ data: ByteBuffer, _ context: ChannelHandlerContext) {
        let message = WebSocketMessage(kind, bytes: Array(data.readableBytesView), receivedNanoseconds: now())
        guard kind == .binary || String(validating: message.bytes, as: UTF8.self) != nil else {
            return fail(.protocolViolation("a text that is not UTF-8"), .dataInconsistentWithMessage, context)
        }
        guard !inbox.put(message) else { return }
        // The inbox has given its own reason.
        close(.policyViolation, context)
    }

    private func receiveClose(_ data: ByteBuffer, _ context: ChannelHandlerContext) {
        var data = data
        let code = data.readWebSocketErrorCode()
        let reason = String(decoding: data.readableBytesView, as: UTF8.self)
        inbox.end(.closed(code: code.map { UInt16(webSocketErrorCode: $0) } ?? 1005, reason: reason))
        close(code ?? .normalClosure, context)
    }

    private func fail(_ error: WebSocketError, _ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        inbox.end(error)
        close(code, context)
    }

    /// Says goodbye once, and closes when that is on its way.
    private func close(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        guard !sentClose else { return context.close(promise: nil) }
        sentClose = true
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(masked(.closing(code)))).whenComplete { _ in channel.close(promise: nil) }
    }

    private func masked(_ frame: WebSocketFrame) -> WebSocketFrame {
        var frame = frame
        frame.maskKey = .random(using: &random)
        return frame
    }
}
