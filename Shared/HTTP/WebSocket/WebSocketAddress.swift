internal import Foundation

/// Where a websocket is.
public struct WebSocketAddress: Sendable, Hashable {
    /// Whether the connection is secured by TLS.
    public let isSecure: Bool
    public let host: String
    public let port: Int
    /// The path and the query, as they stand in the request line.
    public let target: String

    /// Reads `ws://host:port/path?query` or `wss://…`, percent-encoded; the port is 80 or 443 when none is given.
    ///
    /// - Throws: ``WebSocketError/invalidAddress(_:)`` for any other text.
    public init(_ text: String) throws(WebSocketError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let parts = URLComponents(string: text) else {
            throw .invalidAddress("it is not percent-encoded")
        }
        switch parts.scheme?.lowercased() {
        case "ws": isSecure = false
        case "wss": isSecure = true
        default: throw .invalidAddress("it is neither ws nor wss")
        }
        guard let host = parts.host, !host.isEmpty else { throw .invalidAddress("it has no host") }
        guard parts.user == nil, parts.password == nil, parts.fragment == nil else {
            throw .invalidAddress("a user or a fragment has no meaning in it")
        }
        let port = parts.port ?? (isSecure ? 443 : 80)
        guard (1...65_535).contains(port) else { throw .invalidAddress("port \(port)") }
        // IPv6 addresses stand in brackets in addresses, but nowhere else.
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        self.port = port
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        target = path + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
    }

    /// What the request's `Host` field says: the port only when it is not the scheme's own.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
