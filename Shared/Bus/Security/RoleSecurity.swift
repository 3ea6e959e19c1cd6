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
        ClientSecurity(keys: server.keys, server: try ring.publicKey(of: other))
    }
}
