/// The publishers that a subscriber follows, as a setting gives them: endpoints with commas between.
public struct EndpointList: Sendable, Hashable, CustomStringConvertible {
    public let endpoints: [Endpoint]

    public init(_ endpoints: [Endpoint]) { self.endpoints = endpoints }

    /// Reads `tcp://host:port,ipc://path`.
    ///
    /// - Throws: ``BusError/endpoint(_:reason:)`` for an empty list, a wildcard, or a part that is no endpoint.
    public init(parsing text: String) throws(BusError) {
        var endpoints: [Endpoint] = []
        for part in text.split(separator: ",") {
            let endpoint = try Endpoint(parsing: String(part.filter { !$0.isWhitespace }))
            guard endpoint.address != "*", endpoint.transport != .tcp || endpoint.port != nil else {
                throw .endpoint(endpoint.description, reason: "cannot be connected to")
            }
            if !endpoints.contains(endpoint) { endpoints.append(endpoint) }
        }
        guard !endpoints.isEmpty else { throw .endpoint(text, reason: "the list is empty") }
        self.endpoints = endpoints
    }

    public var description: String { endpoints.map(\.description).joined(separator: ",") }

    /// The recovery endpoints of all of them; see ``Endpoint/recovery()``.
    public func recovery() throws(BusError) -> EndpointList {
        var endpoints: [Endpoint] = []
        for endpoint in self.endpoints { endpoints.append(try endpoint.recovery()) }
        return EndpointList(endpoints)
    }

    /// The endpoints with every host name replaced by its addresses, one endpoint for each; it may block.
    ///
    /// A name that cannot be looked up keeps the addresses that `known` has for it, or stands for itself: libzmq then
    /// asks again at every attempt to connect.
    public func resolved(by resolver: some HostResolver, ipv6: Bool = false, known: Resolution = [:]) -> Resolution {
        var resolution: Resolution = [:]
        for endpoint in endpoints {
            guard endpoint.hasHostName else {
                resolution[endpoint] = [endpoint]
                continue
            }
            do {
                let addresses = try resolver.addresses(of: endpoint.address, ipv6: ipv6)
                resolution[endpoint] = addresses.map { Endpoint(transport: .tcp, address: $0, port: endpoint.port) }
            } catch {
                resolution[endpoint] = known[endpoint] ?? [endpoint]
            }
        }
        return resolution
    }

    /// The endpoints to connect to, for each endpoint of the list.
    public typealias Resolution = [Endpoint: [Endpoint]]
}
