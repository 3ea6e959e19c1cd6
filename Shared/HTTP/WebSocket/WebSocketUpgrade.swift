internal import NIOCore
internal import NIOHTTP1

/// What became of a request to upgrade.
enum WebSocketUpgrade: Sendable {
    case open(WebSocketConnection)
    /// The head of another answer is on its way.
    case refused(EventLoopFuture<WebSocketError>)
}

/// Reads the head of an answer that is not an upgrade, and closes the connection.
final class WebSocketRefusal: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let answer: EventLoopPromise<WebSocketError>

    init(_ answer: EventLoopPromise<WebSocketError>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        var headers = HTTPHeaders()
        for field in head.headers { headers.append(field.name, field.value) }
        let response = HTTPResponse(status: Int(head.status.code), headers: headers)
        answer.succeed(.notUpgraded(status: response.status, retryAfter: response.retryAfter))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.succeed(.interrupted("the connection ended before the upgrade was answered"))
        context.fireChannelInactive()
    }
}
