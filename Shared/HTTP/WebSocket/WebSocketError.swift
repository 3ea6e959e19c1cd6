/// Why a websocket cannot be opened, or has ended.
///
/// The texts never hold a query or a frame: those may carry secrets.
public enum WebSocketError: Error, Equatable, Sendable {
    /// Not an absolute `ws` or `wss` address.
    case invalidAddress(String)
    /// Connecting, the TLS handshake and the upgrade did not end in time.
    case timeout
    /// Nothing listens at the address.
    case refused(String)
    /// The host's name cannot be resolved.
    case dns(String)
    /// No trusted secure connection: handshake, certificate or host name.
    case tls(String)
    /// The server answered the upgrade by something else; a venue that limits connections answers 429.
    case notUpgraded(status: Int, retryAfter: Duration?)
    /// Nothing came, not even an answer to our ping, for as long as the options allow.
    case silent
    /// A message is longer than `limit` bytes.
    case tooLarge(limit: Int)
    /// The consumer let `buffered` bytes pile up; what came afterwards is lost, so it must resynchronise.
    case tooSlow(buffered: Int)
    /// The server broke the protocol (RFC 6455).
    case protocolViolation(String)
    /// The server closed the connection by the closing handshake; the code is one of RFC 6455, section 7.4, and 1005
    /// when it gave none.
    case closed(code: UInt16, reason: String)
    /// The connection ended without a closing handshake.
    case interrupted(String)
    /// The task was cancelled, or our side has closed the connection.
    case cancelled
}

extension WebSocketError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidAddress(let reason): "not a websocket's address: \(reason)"
        case .timeout: "no websocket in time"
        case .refused(let detail): "connection refused: \(detail)"
        case .dns(let detail): "name not resolved: \(detail)"
        case .tls(let detail): "no secure connection: \(detail)"
        case .notUpgraded(let status, let retryAfter):
            "the server answered the upgrade with status \(status)\(retryAfter.map { ", retry after \($0)" } ?? "")"
        case .silent: "the server has fallen silent"
        case .tooLarge(let limit): "a message is longer than \(limit) bytes"
        case .tooSlow(let buffered): "\(buffered) bytes wait for a consumer that is too slow"
        case .protocolViolation(let detail): "the server broke the protocol: \(detail)"
        case .closed(let code, let reason): "closed by the server with code \(code): \(reason)"
        case .interrupted(let detail): "connection lost: \(detail)"
        case .cancelled: "cancelled"
        }
    }
}
