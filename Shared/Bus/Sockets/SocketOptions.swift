/// How the sockets of a publisher or a subscriber behave.
public struct SocketOptions: Sendable, Hashable {
    /// Messages that wait for one peer before further ones are dropped.
    public var highWaterMark: Int32
    /// Whether host names and wildcards may mean IPv6.
    public var ipv6: Bool
    /// How long a closing socket tries to send what is left; 0 drops it, and consumers ask for it again.
    public var lingerMilliseconds: Int32
    /// A longer message ends the connection that it came by.
    public var largestMessage: Int64

    public init(
        highWaterMark: Int32 = 100_000, ipv6: Bool = false, lingerMilliseconds: Int32 = 0,
        largestMessage: Int64 = 256 << 20
    ) {
        precondition(highWaterMark > 0, "0 would mean without bound")
        self.highWaterMark = highWaterMark
        self.ipv6 = ipv6
        self.lingerMilliseconds = lingerMilliseconds
        self.largestMessage = largestMessage
    }

    /// For sockets on which peers only ask: a short queue and small messages.
    func forRequests(highWaterMark: Int32) -> SocketOptions {
        var options = self
        options.highWaterMark = highWaterMark
        options.largestMessage = 64 << 10
        return options
    }
}
