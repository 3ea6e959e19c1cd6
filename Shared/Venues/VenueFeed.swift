public import Schema

/// A venue's websocket market data: what to send, and what the answers mean.
///
/// Pure: a feed holds the names of its instruments and no state of a connection, so one value serves any number of
/// connections, and the same bytes always mean the same.
public protocol VenueFeed: Sendable {
    /// The venue's name in ``Schema/Instrument/venue``.
    var venue: String { get }
    /// How the venue wants its connections to be treated.
    var connectionRules: ConnectionRules { get }
    /// How to follow the order books of the ``VenueChannel/depth`` channel.
    var depthRules: DepthRules { get }

    /// The connections to open for some channels of some instruments; several where the venue limits what one carries.
    ///
    /// Duplicates count once, and the result depends on the sets alone.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` for a channel that the venue lacks, and for an instrument that the feed
    ///   was not made for.
    func connections(
        _ channels: Set<VenueChannel>, _ instruments: [Instrument]
    ) throws(VenueError) -> [VenueConnection]

    /// Text frames to send on an open connection so that the venue ends a channel of an instrument and begins it anew, which
    /// gives a new ``DepthSnapshot`` where those are streamed.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)``, as ``connections(_:_:)`` does.
    func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String]

    /// Reads one text message.
    ///
    /// `receivedAt` is when it came off the socket, by our clock.
    ///
    /// - Throws: ``VenueMessageError`` for a message that cannot be read, or is of a type that we do not claim.
    func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage
}
