internal import CZeroMQ
public import Schema

/// Follows the logs of the publishers in an endpoint list and asks them for what was missed.
///
/// Like all sockets it belongs to the thread that made it. It does not judge sequence numbers: what is missing, old or
/// twice is the business of whoever takes the items.
public final class LogSubscriber {
    /// Where to ask for what was missed.
    public enum Recovery: Sendable {
        /// Where ``Endpoint/recovery()`` says.
        case derived
        case at(EndpointList)
        /// Nowhere; the subscriber only listens.
        case none
    }

    /// What ``refresh()`` changed.
    public struct Change: Sendable, Equatable {
        public let connected: [Endpoint]
        public let disconnected: [Endpoint]
    }

    /// The publishers followed, by address; at least one for each entry of the list.
    public private(set) var connections: [Endpoint] = []
    /// Changes when the set of sockets does.
    private(set) var generation = 0

    private let context: ZMQContext
    private let endpoints: EndpointList
    private let recovery: EndpointList
    private let resolver: any HostResolver
    private let options: SocketOptions
    private var security: ClientSecurity?
    /// The key that the publishers are expected to have, of those that the security accepts.
    private(set) var server: CurvePublicKey?
    /// Messages taken from the stream so far.
    public private(set) var received = 0
    private let stream: ZMQSocket
    private var inquiries: [Inquiry] = []
    private var resolution: EndpointList.Resolution = [:]
    private var recoveryResolution: EndpointList.Resolution = [:]
    private var decoder = FrameDecoder()
    private let frames = FrameBuffer(capacity: 3)

    /// A socket that asks one publisher.
    private final class Inquiry {
        let endpoint: Endpoint
        let socket: ZMQSocket

        init(endpoint: Endpoint, socket: consuming ZMQSocket) {
            self.endpoint = endpoint
            self.socket = socket
        }
    }

    /// Connects to every publisher of the list; connections are made, and made again, in the background.
    ///
    /// It looks up host names, which may block. `topics` are prefixes of the topics to follow, all by default; watermarks
    /// and heartbeats always come. Without `security` it talks in the clear.
    public init(
        context: ZMQContext, endpoints: EndpointList, topics: [String] = [], recovery: Recovery = .derived,
        options: SocketOptions = SocketOptions(), security: ClientSecurity? = nil,
        resolver: any HostResolver = SystemResolver()
    ) throws(BusError) {
        self.context = context
        self.endpoints = endpoints
        self.resolver = resolver
        self.options = options
        self.security = security
        self.recovery =
            switch recovery {
            case .derived: try endpoints.recovery()
            case .at(let list): list
            case .none: EndpointList([])
            }
        stream = try ZMQSocket(context, .sub, options)
        server = security?.servers[0]
        if let security { try stream.secure(security, server: security.servers[0]) }
        for prefix in Self.subscriptions(to: topics) { try stream.set(ZMQ_SUBSCRIBE, prefix) }
        try refresh()
    }

    /// The prefixes that a subscriber of `topics` sends to its publishers.
    static func subscriptions(to topics: [String]) -> [String] {
        topics.isEmpty ? [""] : topics + [Topic(.watermark).description, Frames.heartbeatTopic]
    }

    /// Looks up the host names again, connects to addresses that are new and leaves those that are gone; it may block.
    ///
    /// A name that cannot be looked up now keeps its addresses.
    @discardableResult
    public func refresh() throws(BusError) -> Change {
        resolution = resolve(endpoints, known: resolution)
        recoveryResolution = resolve(recovery, known: recoveryResolution)
        let wanted = Self.distinct(endpoints, resolution)
        let change = Change(
            connected: wanted.filter { !connections.contains($0) },
            disconnected: connections.filter { !wanted.contains($0) })
        for endpoint in change.connected { try stream.connect(endpoint) }
        for endpoint in change.disconnected { try stream.disconnect(endpoint) }
        connections = wanted
        try refreshInquiries()
        return change
    }

    private func refreshInquiries() throws(BusError) {
        let wanted = Self.distinct(recovery, recoveryResolution)
        guard wanted != inquiries.map(\.endpoint) else { return }
        var kept: [Inquiry] = []
        for endpoint in wanted {
            if let known = inquiries.first(where: { $0.endpoint == endpoint }) {
                kept.append(known)
                continue
            }
            // Requests wait while there is no connection; a few of them, since each will be answered.
            var options = options
            options.highWaterMark = 8
            let socket = try ZMQSocket(context, .dealer, options)
            if let security, let server { try socket.secure(security, server: server) }
            try socket.connect(endpoint)
            kept.append(Inquiry(endpoint: endpoint, socket: socket))
        }
        inquiries = kept
        generation += 1
    }

    /// Takes up the keys that count as the publishers' now, the newest first, and connects anew where the one in use is
    /// not among them any more.
    ///
    /// With `next`, because nothing has come by it, it goes over to another of them where there is one.
    ///
    /// - Returns: Whether it connected anew.
    @discardableResult
    public func accept(_ servers: [CurvePublicKey], next: Bool) throws(BusError) -> Bool {
        guard let known = security, let server, !servers.isEmpty else { return false }
        let renewed = ClientSecurity(keys: known.keys, servers: servers)
        security = renewed
        var chosen = server
        if let index = servers.firstIndex(of: server) {
            if next { chosen = servers[(index + 1) % servers.count] }
        } else {
            chosen = servers[0]
        }
        guard chosen != server else { return false }
        self.server = chosen
        for endpoint in connections { try stream.disconnect(endpoint) }
        try stream.secure(renewed, server: chosen)
        for endpoint in connections { try stream.connect(endpoint) }
        inquiries = []
        try refreshInquiries()
        return true
    }

    private func resolve(_ list: EndpointList, known: EndpointList.Resolution) -> EndpointList.Resolution {
        list.resolved(by: resolver, ipv6: options.ipv6, known: known)
    }

    /// The addresses in the list's order, each once.
    private static func distinct(_ list: EndpointList, _ resolution: EndpointList.Resolution) -> [Endpoint] {
        var endpoints: [Endpoint] = []
        for endpoint in list.endpoints.flatMap({ resolution[$0] ?? [] }) where !endpoints.contains(endpoint) {
            endpoints.append(endpoint)
        }
        return endpoints
    }

    // MARK: Sending and receiving

    /// Asks every publisher, without waiting; those that are not the shard meant take no notice.
    ///
    /// - Returns: How many requests were handed over. A publisher that is away gets them when it is back; one that left
    ///   eight unread gets no more.
    @discardableResult
    public func request(_ request: RecoveryRequest, of shard: Shard = .whole) throws(BusError) -> Int {
        let bytes = RecoveryCoder.bytes(of: request, to: shard)
        var sent = 0
        for inquiry in inquiries where try inquiry.socket.send(bytes, more: false, wait: false) { sent += 1 }
        return sent
    }

    /// Moves what has arrived into the inbox, without waiting: at most `limit` messages of the stream, and answers.
    ///
    /// - Returns: How many messages were taken, readable or not; less than `limit` means that none waits any more.
    @discardableResult
    public func drain(limit: Int = 256, into inbox: inout Inbox) throws(BusError) -> Int {
        var taken = 0
        while taken < limit {
            let count = try frames.receive(from: stream)
            guard count > 0 else { break }
            taken += 1
            received += 1
            guard count == 3 else {
                inbox.refused.append(.malformed(.frameCount(count)))
                continue
            }
            do {
                inbox.items.append(try decoder.item(topic: frames[0], envelope: frames[1], payload: frames[2]))
            } catch {
                inbox.refused.append(error)
            }
        }
        for inquiry in inquiries { try drain(inquiry, into: &inbox) }
        return taken
    }

    private func drain(_ inquiry: Inquiry, into inbox: inout Inbox) throws(BusError) {
        while true {
            let count = try frames.receive(from: inquiry.socket)
            guard count > 0 else { return }
            guard count == 1 else {
                inbox.refused.append(.malformed(.frameCount(count)))
                continue
            }
            do {
                inbox.pages.append(try RecoveryCoder.page(frames[0], using: decoder))
            } catch {
                inbox.refused.append(error)
            }
        }
    }

    /// Calls `body` with each socket that may become readable.
    func forEachSocket(_ body: (UnsafeMutableRawPointer) -> Void) {
        body(stream.pointer)
        for inquiry in inquiries { body(inquiry.socket.pointer) }
    }
}
