internal import CZeroMQ

/// What a publisher needs to refuse strangers: its own keys, and who decides about others.
public struct ServerSecurity: Sendable {
    let keys: CurveKeys
    let authenticator: Authenticator

    /// The authenticator must serve the context of the sockets to be secured, and is kept for as long as they.
    public init(keys: CurveKeys, authenticator: Authenticator) {
        (self.keys, self.authenticator) = (keys, authenticator)
    }
}

/// What a subscriber needs to be let in and to know whom it talks to.
public struct ClientSecurity: Sendable {
    let keys: CurveKeys
    /// One of which the publishers must have; the first is tried first.
    let servers: [CurvePublicKey]

    /// `server` is the key that the publishers must have.
    public init(keys: CurveKeys, server: CurvePublicKey) { self.init(keys: keys, servers: [server]) }

    /// `servers` are the keys that count as the publishers', the newest first.
    public init(keys: CurveKeys, servers: [CurvePublicKey]) {
        precondition(!servers.isEmpty, "a publisher has a key")
        (self.keys, self.servers) = (keys, servers)
    }
}

extension ZMQSocket {
    /// Lets in only peers that the authenticator knows; to be called before `bind`.
    func secure(_ security: ServerSecurity) throws(BusError) {
        guard ZMQContext.hasCurve else { throw .noCurve }
        try set(ZMQ_CURVE_SERVER, 1)
        try set(ZMQ_CURVE_SECRETKEY, security.keys.secret)
        try set(ZMQ_ZAP_DOMAIN, Authenticator.domain)
        // Without an answer from the authenticator nobody is let in.
        try set(Self.zapEnforceDomain, 1)
    }

    /// `ZMQ_ZAP_ENFORCE_DOMAIN`, which stands in the header only where drafts are built in; the library always has it.
    private static var zapEnforceDomain: Int32 { 93 }

    /// Talks only to a server with that key; it holds for the connections made from then on.
    func secure(_ security: ClientSecurity, server: CurvePublicKey) throws(BusError) {
        guard ZMQContext.hasCurve else { throw .noCurve }
        try set(ZMQ_CURVE_SERVERKEY, server.text)
        try set(ZMQ_CURVE_PUBLICKEY, security.keys.publicKey.text)
        try set(ZMQ_CURVE_SECRETKEY, security.keys.secret)
    }
}
