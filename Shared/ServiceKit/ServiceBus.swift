public import Bus
internal import Foundation
internal import Logging
public import Schema
public import Store

/// A service's place on the bus: it publishes a log there, answers who missed a part of it, and follows others.
///
/// With `bus.keys` all of it is encrypted, and only those get in whom the service's list names. Like its sockets it
/// belongs to the thread that made it.
public final class ServiceBus {
    /// For the poller.
    public let publisher: LogPublisher
    let context: ServiceContext
    private let shard: Shard
    private let sockets: ZMQContext
    let security: RoleSecurity?
    private let startedAt = WallClock.now
    private let resolver = WatchingResolver()
    var followed: [Followed] = []
    private let trace: TraceLog
    /// Where the consumers are, as of their last requests.
    private var peers: [String: LogPublisher.Peer] = [:]
    private var received: [LogPublisher.Request] = []
    private var unreadable: [BusError] = []
    private var refused = 0
    private var published: UInt64 = 0
    /// The counter of each kind of message.
    private static let kinds = Dictionary(
        uniqueKeysWithValues: Message.Kind.allCases.map { ($0, ServiceMetric.published.series(["kind": $0.stream])) })
    var isKeyTroubleTold = false

    /// Another service whose log this one takes.
    struct Followed {
        let service: String
        let subscriber: LogSubscriber
        /// How much it had said when keys were looked at last.
        var heard = 0
    }

    /// Starts listening where the settings say, as one shard of the service.
    ///
    /// - Throws: ``SettingError`` for keys that cannot be used; ``BusError``, among it
    ///   ``BusError/addressInUse(endpoint:)`` when the service runs already.
    public init(_ context: ServiceContext, shard: Shard = .whole) throws {
        self.context = context
        self.shard = shard
        trace = TraceLog(context.logger)
        let sockets = try ZMQContext()
        self.sockets = sockets
        security = try context.settings.busKeys.map { folder in
            try Self.explainingKeys {
                try RoleSecurity(context: sockets, ring: KeyRing(folder: folder), role: context.name)
            }
        }
        publisher = try LogPublisher(
            context: sockets,
            endpoint: Endpoint(
                parsing: context.settings.busListen ?? context.settings.endpoint(of: context.name, shard)),
            run: WallClock.drawRun(), shard: shard, security: security?.server)
    }

    /// Follows another service.
    ///
    /// - Throws: ``SettingError`` when its public key cannot be used.
    public func subscriber(of service: String) throws -> LogSubscriber {
        let subscriber = try LogSubscriber(
            context: sockets, endpoints: EndpointList(parsing: context.settings.endpoints(of: service)),
            security: Self.explainingKeys { try security?.client(of: service) }, resolver: resolver)
        followed.append(Followed(service: service, subscriber: subscriber))
        return subscriber
    }

    // MARK: The log

    public func publish(_ batch: LogBatch) throws(BusError) {
        try publisher.publish(batch, sentTime: WallClock.now)
        trace.note(batch)
        published += UInt64(batch.entries.count) + 1
        var counts: [Message.Kind: Int] = [.watermark: 1]
        for entry in batch.entries { counts[entry.event.message.kind, default: 0] += 1 }
        for (kind, count) in counts {
            if let series = Self.kinds[kind] { context.metrics.add(series, Double(count)) }
        }
    }

    /// Says that the service lives and how far it is.
    public func heartbeat(head: FeedPosition) throws(BusError) {
        try publisher.heartbeat(head: head, sentTime: WallClock.now)
    }

    /// Takes the requests that wait.
    public func requests() throws(BusError) -> [RecoveryRequest] {
        received.removeAll(keepingCapacity: true)
        unreadable.removeAll(keepingCapacity: true)
        try publisher.receiveRequests(into: &received, refused: &unreadable)
        if !unreadable.isEmpty { context.metrics.add(.refusedMessages, Double(unreadable.count)) }
        for asked in received {
            switch asked.request {
            case .batches(let consumer, _, _), .acknowledge(let consumer, _): peers[consumer] = asked.peer
            }
        }
        return received.map(\.request)
    }

    /// Answers a consumer that has asked.
    public func reply(to consumer: String, _ page: RecoveryPage) throws(BusError) {
        guard let peer = peers[consumer] else { return }
        try publisher.reply(to: peer, page, sentTime: WallClock.now)
    }

    // MARK: Observation

    /// Connects to where the services that it follows are now: one whose container was made anew has another address.
    private func followAddresses() throws(BusError) {
        for source in followed {
            let change = try source.subscriber.refresh()
            guard !change.connected.isEmpty || !change.disconnected.isEmpty else { continue }
            context.logger.notice(
                "publisher moved",
                metadata: ["bus.publisher": "\(source.service)", "bus.connected": "\(change.connected)"])
        }
    }

    /// Writes the service's row of the status table, counts who was not let in, and follows publishers that moved.
    public func reportStatus(
        _ session: PostgresSession, position: FeedPosition, lagMilliseconds: Double = 0,
        inputs: [ServiceStatus.Input] = []
    ) throws {
        try followAddresses()
        let count = try publisher.refusedConnections()
        if count > refused {
            context.logger.warning("connections refused", metadata: ["bus.refused": "\(count - refused)"])
            refused = count
        }
        context.metrics.set(.refusedConnections, Double(count))
        try refreshKeys()
        try StatusReport.save(
            context, session, instance: shard.label, startedAt: startedAt, position: position,
            lagMilliseconds: lagMilliseconds,
            endpoint: context.settings.busListen == nil
                ? publisher.endpoint.description : context.settings.endpoint(of: context.name, shard),
            published: published, inputs: inputs)
    }

    /// Whatever is wrong with keys is a mistake in the setting that names them.
    private static func explainingKeys<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as BusError {
            switch error {
            case .key(let role, let reason): throw SettingError("bus.keys: the key of \(role): \(reason)")
            case .file(let path, _, let code):
                throw SettingError("bus.keys: \(path): \(String(cString: strerror(code)))")
            case .noCurve: throw SettingError("bus.keys: this libzmq cannot encrypt")
            default: throw error
            }
        }
    }
}
