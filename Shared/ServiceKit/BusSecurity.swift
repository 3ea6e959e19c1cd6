public import Bus

/// CURVE for a service's sockets: its own keys, and the keys of those whom it listens to.
public struct BusSecurity: Sendable {
    public let ring: KeyRing
    public let role: String

    public init(ring: KeyRing, role: String) {
        self.ring = ring
        self.role = role
    }

    func server(_ context: ZMQContext) throws(BusError) -> ServerSecurity {
        ServerSecurity(
            keys: try ring.keys(of: role),
            authenticator: try Authenticator(context: context, allowed: ring.allowed(by: role)))
    }

    func client(of publisher: String) throws(BusError) -> ClientSecurity {
        ClientSecurity(keys: try ring.keys(of: role), server: try ring.publicKey(of: publisher))
    }
}
