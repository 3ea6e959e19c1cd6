internal import Schema

/// What one connection carries.
struct SessionPlan {
    let channels: Set<VenueChannel>
    let instruments: [Instrument]
    let connection: VenueConnection

    /// Divides what is asked for so that every part fits on one connection.
    ///
    /// By channels where the venue has several addresses, otherwise by instruments, in halves.
    ///
    /// - Throws: ``VenueError/unsupported(venue:_:)`` when the venue cannot send it, or wants several connections for one
    ///   channel of one instrument.
    static func parts(
        of channels: Set<VenueChannel>, _ instruments: [Instrument], _ feed: any VenueFeed
    ) throws(VenueError) -> [SessionPlan] {
        guard let first = instruments.first, !channels.isEmpty else { return [] }
        let connections = try feed.connections(channels, instruments)
        if connections.count == 1 {
            return [SessionPlan(channels: channels, instruments: instruments, connection: connections[0])]
        }
        var parts: [SessionPlan] = []
        if channels.count > 1, try feed.connections(channels, [first]).count > 1 {
            for channel in channels.sorted(by: { $0.description < $1.description }) {
                parts += try self.parts(of: [channel], instruments, feed)
            }
        } else if instruments.count > 1 {
            let half = instruments.count / 2
            parts += try self.parts(of: channels, Array(instruments[..<half]), feed)
            parts += try self.parts(of: channels, Array(instruments[half...]), feed)
        } else {
            throw .unsupported(
                venue: feed.venue, "\(channels.map(\.description).sorted()) of \(first) needs several connections")
        }
        return parts
    }
}
