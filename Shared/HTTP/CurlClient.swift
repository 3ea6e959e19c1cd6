/// Sends requests with libcurl.
///
/// One thread of its own runs every transfer, so no task ever blocks; connections are kept alive and reused.
/// Certificates and host names are always verified, `gzip` is accepted, and proxies come only from ``Options``, never
/// from the environment. The thread ends when the client is released.
public final class CurlClient: HTTPTransport {
    /// What holds for every request of a client.
    public struct Options: Sendable {
        /// The most connections open to one host at a time; further requests wait their turn.
        public var connectionsPerHost: Int
        /// A file of trusted certificates in PEM form; the system's if `nil`.
        public var certificateFile: String?
        /// The address of a proxy; none if `nil`.
        public var proxy: String?
        /// What the client calls itself.
        public var userAgent: String

        public init(
            connectionsPerHost: Int = 4, certificateFile: String? = nil, proxy: String? = nil,
            userAgent: String = "tidegate"
        ) {
            precondition(connectionsPerHost > 0, "at least one connection")
            self.connectionsPerHost = connectionsPerHost
            self.certificateFile = certificateFile
            self.proxy = proxy
            self.userAgent = userAgent
        }
    }

    private let loop: CurlLoop

    /// Starts the client's thread.
    ///
    /// - Throws: ``HTTPError/transport(code:message:)`` when libcurl cannot start.
    public init(options: Options = Options()) throws(HTTPError) {
        loop = try CurlLoop(options: options)
        loop.start()
    }

    deinit { loop.close() }

    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try request.validate()
        let identity = loop.makeIdentity()
        let result: Result<HTTPResponse, HTTPError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(identity, request) { continuation.resume(returning: $0) }
                // A handler that ran before the line above found nothing to cancel.
                if Task.isCancelled { loop.cancel(identity) }
            }
        } onCancel: {
            loop.cancel(identity)
        }
        return try result.get()
    }
}

extension HTTPRequest {
    /// Refuses what must not reach libcurl: other protocols, and text that would forge a second header or line.
    fileprivate func validate() throws(HTTPError) {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard scheme == "https" || scheme == "http" else {
            throw .invalidRequest("the address is neither http nor https")
        }
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalidRequest("the address is not percent-encoded")
        }
        for field in headers.fields + secretHeaders.fields {
            let nameIsToken = field.name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
            guard nameIsToken, !field.name.isEmpty, !field.name.hasSuffix(";") else {
                throw .invalidRequest("a header's name is malformed")
            }
            guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .invalidRequest("the value of header \(field.name) has a control character")
            }
        }
        guard body.isEmpty || (method != .get && method != .head) else {
            throw .invalidRequest("\(method.rawValue) with a body")
        }
    }
}
