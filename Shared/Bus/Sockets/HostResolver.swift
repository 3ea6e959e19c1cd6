internal import Glibc

/// Finds the addresses of a host name.
public protocol HostResolver: Sendable {
    /// All numeric addresses of `host`, in a fixed order, without duplicates; it may block.
    ///
    /// - Throws: ``BusError/host(_:reason:)`` when there is none now.
    func addresses(of host: String, ipv6: Bool) throws(BusError) -> [String]
}

/// Asks the system, as every other program on the machine does (`getaddrinfo(3)`).
public struct SystemResolver: HostResolver {
    public init() {}

    public func addresses(of host: String, ipv6: Bool) throws(BusError) -> [String] {
        var hints = addrinfo()
        hints.ai_family = ipv6 ? AF_UNSPEC : AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &first)
        guard status == 0, let first else { throw .host(host, reason: String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(first) }
        var addresses: Set<String> = []
        for entry in sequence(first: first, next: { $0.pointee.ai_next }) {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            guard status == 0 else { continue }
            addresses.insert(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
        guard !addresses.isEmpty else { throw .host(host, reason: "no usable address") }
        return addresses.sorted()
    }
}
