/// Where a publisher listens: `tcp://host:port`, `ipc://path` or `inproc://name`.
public struct Endpoint: Sendable, Hashable {
    public enum Transport: String, Sendable { case tcp, ipc, inproc }

    public let transport: Transport
    /// The host (an IPv6 address without its brackets), the path or the name.
    public let address: String
    /// The TCP port; `nil` for the other transports, and for `*`, a port that the system chooses.
    public let port: UInt16?

    init(transport: Transport, address: String, port: UInt16? = nil) {
        (self.transport, self.address, self.port) = (transport, address, port)
    }

    /// Reads an endpoint.
    ///
    /// - Throws: ``BusError/endpoint(_:reason:)`` for anything else, among it a path too long for a unix socket.
    public init(parsing text: String) throws(BusError) {
        guard let separator = text.firstRange(of: "://"),
            let transport = Transport(rawValue: String(text[..<separator.lowerBound]))
        else { throw .endpoint(text, reason: "is not tcp://host:port, ipc://path or inproc://name") }
        let rest = text[separator.upperBound...]
        guard !rest.isEmpty, !rest.utf8.contains(0) else { throw .endpoint(text, reason: "has no address") }
        self.transport = transport
        switch transport {
        case .inproc:
            (address, port) = (String(rest), nil)
        case .ipc:
            guard rest.utf8.count <= LocalSocket.longestPath else {
                throw .endpoint(
                    text,
                    reason: "a unix socket's path has at most \(LocalSocket.longestPath) bytes, this one has "
                        + "\(rest.utf8.count)")
            }
            (address, port) = (String(rest), nil)
        case .tcp:
            guard let colon = rest.lastIndex(of: ":") else { throw .endpoint(text, reason: "has no port") }
            var host = rest[..<colon]
            let digits = rest[rest.index(after: colon)...]
            if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            guard !host.isEmpty, host.allSatisfy({ !$0.isWhitespace && $0 != "/" }) else {
                throw .endpoint(text, reason: "has no host")
            }
            address = String(host)
            if digits == "*" {
                port = nil
            } else {
                guard let number = UInt16(digits), number > 0 else {
                    throw .endpoint(text, reason: "a port is a number from 1 to 65535")
                }
                port = number
            }
        }
    }

    /// Where the publisher at this endpoint answers recovery requests, unless the settings name another place: the
    /// next port, or the same path with `.recovery` behind it.
    public func recovery() throws(BusError) -> Endpoint {
        switch transport {
        case .inproc: return Endpoint(transport: .inproc, address: address + ".recovery")
        case .ipc: return try Endpoint(parsing: "ipc://\(address).recovery")
        case .tcp:
            guard let port else { return self }
            guard port < UInt16.max else { throw .endpoint(description, reason: "has no next port for recovery") }
            return Endpoint(transport: .tcp, address: address, port: port + 1)
        }
    }

    /// Whether the host is a name to be looked up, not an address or a wildcard.
    var hasHostName: Bool {
        transport == .tcp && address != "*" && !address.contains(":")
            && !address.allSatisfy { $0.isNumber || $0 == "." }
    }
}

extension Endpoint: CustomStringConvertible {
    public var description: String {
        switch transport {
        case .tcp:
            let host = address.contains(":") ? "[\(address)]" : address
            return "tcp://\(host):\(port.map(String.init) ?? "*")"
        case .ipc, .inproc: return "\(transport.rawValue)://\(address)"
        }
    }
}
