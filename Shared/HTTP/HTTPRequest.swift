/// A request's method.
public enum HTTPMethod: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
}

/// One HTTP request, complete: the same value sent twice asks for the same thing twice.
public struct HTTPRequest: Sendable, Equatable {
    /// How long a request may take.
    public struct Timeouts: Sendable, Equatable {
        /// To resolve the name, connect and finish the TLS handshake.
        public var connect: Duration
        /// From the start to the last byte of the answer, redirects included.
        public var total: Duration

        public init(connect: Duration = .seconds(5), total: Duration = .seconds(20)) {
            (self.connect, self.total) = (connect, total)
        }
    }

    public var method: HTTPMethod
    /// An absolute `http` or `https` address, already percent-encoded.
    public var url: String
    public var headers: HTTPHeaders
    /// Headers that only the addressed host may see, such as an API key; a request that has any is never redirected.
    public var secretHeaders: HTTPHeaders
    public var body: [UInt8]
    public var timeouts: Timeouts
    /// The most bytes of body that are read, after decompression.
    public var maximumResponseBytes: Int
    /// The most redirects followed; followed for GET and HEAD only, and never from `https` to `http`.
    public var redirectLimit: Int
    /// Whether sending it twice does no more than sending it once; nothing else is ever retried.
    ///
    /// True for GET and HEAD. For other methods the caller must know and say so.
    public var isIdempotent: Bool

    public init(
        _ method: HTTPMethod = .get, url: String, headers: HTTPHeaders = [:], secretHeaders: HTTPHeaders = [:],
        body: [UInt8] = [], timeouts: Timeouts = Timeouts(), maximumResponseBytes: Int = 16 << 20,
        redirectLimit: Int = 3, isIdempotent: Bool? = nil
    ) {
        precondition(maximumResponseBytes > 0, "a response limit is above zero")
        precondition(redirectLimit >= 0, "a redirect limit is not negative")
        precondition(timeouts.connect > .zero && timeouts.total > .zero, "timeouts are above zero")
        self.method = method
        self.url = url
        self.headers = headers
        self.secretHeaders = secretHeaders
        self.body = body
        self.timeouts = timeouts
        self.maximumResponseBytes = maximumResponseBytes
        self.redirectLimit = redirectLimit
        self.isIdempotent = isIdempotent ?? (method == .get || method == .head)
    }
}

/// Builds the query part of an address.
///
/// Deterministic and in the caller's order, since some venues sign the text.
public struct HTTPQuery: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private var items: [(name: String, value: String)]

    public init(_ items: [(name: String, value: String)] = []) { self.items = items }
    public init(dictionaryLiteral elements: (String, String)...) { items = elements.map { ($0.0, $0.1) } }

    /// Appends one parameter.
    public mutating func append(_ name: String, _ value: some LosslessStringConvertible) {
        items.append((name, String(value)))
    }

    /// `name=value&name=value`, with everything but RFC 3986's unreserved characters percent-encoded.
    public var encoded: String {
        items.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
    }

    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.encoded == rhs.encoded }
}
