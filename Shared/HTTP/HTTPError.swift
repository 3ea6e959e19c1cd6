/// Why a request has no usable answer.
///
/// The texts never hold a query, a header or a body that was sent: those may carry secrets.
public enum HTTPError: Error, Equatable, Sendable {
    /// The address, a header or a limit cannot be sent; the request never left.
    case invalidRequest(String)
    /// No complete answer within the request's timeouts.
    case timeout
    /// Nothing listens at the address.
    case refused(String)
    /// The host's name cannot be resolved.
    case dns(String)
    /// No trusted secure connection: handshake, certificate or host name.
    case tls(String)
    /// The connection ended, or broke its protocol, before the answer was complete.
    case interrupted(String)
    /// The answer is longer than `limit` bytes.
    case tooLarge(limit: Int)
    /// More redirects than the request allows.
    case tooManyRedirects(limit: Int)
    /// A complete answer that is not a success.
    case status(code: Int, retryAfter: Duration?, bodyExcerpt: String)
    /// Our own budget or the server's ban forbids sending for longer than the caller is willing to wait.
    case rateLimited(retryAfter: Duration)
    /// The task was cancelled, or the client closed.
    case cancelled
    /// Any other failure that libcurl reports, with its code (`CURLcode`).
    case transport(code: Int, message: String)
}

extension HTTPError {
    /// Whether the same request may well succeed a little later.
    ///
    /// Statuses are not judged here but by ``RetryPolicy``.
    public var isTransient: Bool {
        switch self {
        case .timeout, .refused, .dns, .interrupted: true
        case .invalidRequest, .tls, .tooLarge, .tooManyRedirects, .status, .rateLimited, .cancelled, .transport: false
        }
    }
}

extension HTTPError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidRequest(let reason): "the request cannot be sent: \(reason)"
        case .timeout: "no complete answer in time"
        case .refused(let detail): "connection refused: \(detail)"
        case .dns(let detail): "name not resolved: \(detail)"
        case .tls(let detail): "no secure connection: \(detail)"
        case .interrupted(let detail): "connection lost before the answer was complete: \(detail)"
        case .tooLarge(let limit): "the answer is longer than \(limit) bytes"
        case .tooManyRedirects(let limit): "more than \(limit) redirects"
        case .status(let code, let retryAfter, let excerpt):
            "status \(code)\(retryAfter.map { ", retry after \($0)" } ?? ""): \(excerpt)"
        case .rateLimited(let wait): "no request allowed for another \(wait)"
        case .cancelled: "cancelled"
        case .transport(let code, let message): "libcurl error \(code): \(message)"
        }
    }
}
