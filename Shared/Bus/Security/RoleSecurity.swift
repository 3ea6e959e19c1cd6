/// What a process needs to take part in a secured pipeline under a role's name.
public struct RoleSecurity: Sendable {
    public let role: String
    /// For every publisher of the process; lets in whom ``KeyRing/allowed(by:)`` names.
    public let server: ServerSecurity
    /// Takes a changed allow-list.
    public let authenticator: Authenticator
    private let ring: KeyRing

    /// Reads the role's keys and starts the context's authenticator.
    ///
    /// - Throws: ``BusError/key(role:reason:)`` and ``BusError/file(path:operation:code:)`` when keys are missing or
    ///   readable by others; ``BusError/addressInUse(endpoint:)`` when the context has an authenticator already.
    public init(context: ZMQContext, ring: KeyRing, role: String) throws(BusError) {
        let keys = try ring.keys(of: role)
        authenticator = try Authenticator(context: context, allowed: ring.allowed(by: role))
        server = ServerSecurity(keys: keys, authenticator: authenticator)
        self.role = role
        self.ring = ring
    }

    /// For a subscriber of another role's publishers.
    public func client(of other: String) throws(BusError) -> ClientSecurity {
        ClientSecurity(keys: server.keys, servers: try ring.accepted(of: other))
    }

    /// The public key with which the process shows itself, until it ends.
    public var publicKey: CurvePublicKey { server.keys.publicKey }

    /// What has become of the allow-list.
    public enum Change: Sendable, Equatable {
        case none
        /// More are let in.
        case more
        /// Some are let in no longer; connections that they have stay, see ``LogPublisher/reopen()``.
        case fewer
    }

    /// Reads again whom the role lets in.
    ///
    /// - Throws: ``BusError`` when that cannot be read; then the list stays as it was.
    public func reload() throws(BusError) -> Change {
        let (before, now) = (authenticator.allowedKeys, try ring.allowed(by: role))
        guard now != before else { return .none }
        authenticator.allow(now)
        return now.isSuperset(of: before) ? .more : .fewer
    }

    /// The keys that count as another role's now, the newest first.
    public func accepted(of other: String) throws(BusError) -> [CurvePublicKey] { try ring.accepted(of: other) }
}
