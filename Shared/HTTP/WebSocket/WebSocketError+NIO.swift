internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension WebSocketError {
    /// What an error of connecting or sending means.
    init(describing error: any Error) {
        switch error {
        case let error as WebSocketError: self = error
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first {
                self = WebSocketError(describing: failure.error)
            } else {
                self = .dns("\(error.host)")
            }
        case let error as IOError where error.errnoCode == ECONNREFUSED: self = .refused("nothing listens")
        case let error as IOError: self = .interrupted("errno \(error.errnoCode)")
        case ChannelError.connectTimeout: self = .timeout
        case let error as NIOSSLError: self = .tls("\(error)")
        case let error as NIOSSLExtraError: self = .tls("\(error)")
        case let error as BoringSSLError: self = .tls("\(error)")
        case is CancellationError: self = .cancelled
        default: self = .interrupted("\(error)")
        }
    }

    /// What an error on an open connection means, and the code to close it with.
    static func ofFraming(_ error: any Error, limit: Int) -> (WebSocketError, WebSocketErrorCode) {
        switch error {
        case NIOWebSocketError.invalidFrameLength, NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge,
            NIOWebSocketFrameAggregator.Error.tooManyFragments:
            (.tooLarge(limit: limit), .messageTooLarge)
        case let error as NIOWebSocketError: (.protocolViolation("\(error)"), .protocolError)
        case let error as NIOWebSocketFrameAggregator.Error: (.protocolViolation("\(error)"), .protocolError)
        default: (WebSocketError(describing: error), .goingAway)
        }
    }
}
