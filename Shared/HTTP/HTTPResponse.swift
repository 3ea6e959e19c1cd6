/// A complete answer, whatever its status.
public struct HTTPResponse: Sendable, Equatable {
    public let status: Int
    public let headers: HTTPHeaders
    /// The body, decompressed.
    public let body: [UInt8]

    public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether the status is 200 to 299.
    public var isSuccess: Bool { (200..<300).contains(status) }

    /// When the server sent it, by the server's clock, in seconds since 1970; `nil` when it did not say so.
    public var date: Int64? { headers["Date"].flatMap(HTTPDate.seconds(from:)) }

    /// How long the server asks to be left alone, or `nil` when it does not ask.
    ///
    /// `Retry-After` holds seconds, or a date, which counts from the server's own `Date`; a date without one is not
    /// understood, since our clock need not agree with the server's.
    public var retryAfter: Duration? {
        guard let text = headers["Retry-After"] else { return nil }
        // A day count beyond any real ban, so that arithmetic on the result cannot overflow.
        let longest: Int64 = 366 * 86_400
        if let seconds = Int64(text) { return seconds >= 0 ? .seconds(min(seconds, longest)) : nil }
        guard let until = HTTPDate.seconds(from: text), let date else { return nil }
        return .seconds(min(max(0, until - date), longest))
    }

    /// The first 512 bytes of the body as text, for a person.
    public var bodyExcerpt: String { String(decoding: body.prefix(512), as: UTF8.self) }

    /// The response itself when its status is 200 to 299.
    ///
    /// - Throws: ``HTTPError/status(code:retryAfter:bodyExcerpt:)`` for every other status.
    public func requireSuccess() throws(HTTPError) -> HTTPResponse {
        guard isSuccess else { throw .status(code: status, retryAfter: retryAfter, bodyExcerpt: bodyExcerpt) }
        return self
    }
}
