internal import Synchronization

/// A small HTTP/1.1 server on loopback that answers as a test tells it to, and misbehaves on demand.
///
/// It listens on a port of the system's choice, and closes when released.
public final class FakeVenue: Sendable {
    /// A request as it came in.
    public struct Request: Sendable {
        public let method: String
        /// The path without the query.
        public let path: String
        /// The query's parameters, percent-decoded.
        public let query: [String: String]
        /// The header fields, with lower-case names.
        public let headers: [String: String]
        public let body: [UInt8]
    }

    /// What to send back.
    public struct Reply: Sendable {
        /// How the answer goes wrong.
        public enum Fault: Sendable {
            /// Announces the whole body, sends this many bytes of it, and closes the connection.
            case truncated(after: Int)
            /// Closes the connection without a byte.
            case closed
            /// Sends nothing until the client or the venue goes away.
            case stalled
            /// Does not announce the length: the end of the connection is the end of the body.
            case unannounced
        }

        public var status: Int
        public var headers: [(name: String, value: String)]
        public var body: [UInt8]
        public var fault: Fault?
        /// Real time to wait before the first byte.
        public var delay: Duration

        public init(
            _ status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8], fault: Fault? = nil,
            delay: Duration = .zero
        ) {
            (self.status, self.headers, self.body, self.fault, self.delay) = (status, headers, body, fault, delay)
        }

        public init(
            _ status: Int = 200, headers: [(name: String, value: String)] = [], _ text: String = "",
            fault: Fault? = nil, delay: Duration = .zero
        ) {
            self.init(status, headers: headers, body: Array(text.utf8), fault: fault, delay: delay)
        }
    }

    private let server: FakeServer

    /// The address of the venue, without a slash at the end.
    public var url: String { "http://127.0.0.1:\(server.port)" }
    public var port: UInt16 { server.port }
    /// Every request received so far, in order of arrival.
    public var requests: [Request] { server.state.withLock { $0.requests } }

    /// Starts a venue that answers each request by a function of it and its number, counted from zero.
    public init(_ answer: @escaping @Sendable (Request, Int) -> Reply) throws {
        server = try FakeServer(answer: answer)
        server.start()
    }

    /// Starts a venue that gives these answers in turn, and status 599 when there are no more.
    public convenience init(script: [Reply]) throws {
        try self.init { _, number in
            script.indices.contains(number) ? script[number] : Reply(599, "the script has no answer \(number)")
        }
    }

    deinit { server.close() }

    /// Returns once at least `count` requests have arrived.
    public func waitForRequests(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = server.state.withLock { state in
                guard state.requests.count < count else { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// A port of loopback where nothing listens.
    public static func unusedPort() throws -> UInt16 {
        let server = try FakeServer { _, _ in Reply() }
        // A listener that is shut down refuses connections at once; the thread then closes it.
        server.close()
        server.start()
        return server.port
    }
}
