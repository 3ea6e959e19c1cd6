internal import Schema

/// Events that come one after the other.
protocol EventReader {
    /// The next event; `nil` after the last.
    mutating func next() throws(MarketError) -> MarketEvent?
}

/// Events that are all there, given in the order in which they become visible; equal ones as they were listed.
struct ListedEvents: EventReader {
    private var rest: ArraySlice<MarketEvent>

    init(_ events: [MarketEvent]) {
        let order = events.enumerated().sorted {
            ($0.element.visibleFrom, $0.offset) < ($1.element.visibleFrom, $1.offset)
        }
        rest = order.map(\.element)[...]
    }

    mutating func next() -> MarketEvent? { rest.popFirst() }
}

/// The trades of a table, of which there may be more than memory holds.
struct TradeEvents: EventReader {
    var file: TradeFile

    mutating func next() throws(MarketError) -> MarketEvent? { try file.next().map { .trade($0) } }
}

/// Several series of recorded events, read side by side.
///
/// Not `Sendable`: one task reads the files.
struct RecordedEvents {
    private var heads: [(reader: any EventReader, event: MarketEvent?)] = []

    /// Reads series; what became visible at or before `behind` is passed over.
    init(_ readers: [any EventReader], behind: UnixNanos?) throws(MarketError) {
        for var reader in readers {
            var event = try reader.next()
            while let passed = event, let behind, passed.visibleFrom <= behind { event = try reader.next() }
            heads.append((reader, event))
        }
    }

    /// Takes what becomes visible by a moment: of each series in its order, up to the first event that is later.
    mutating func take(by moment: UnixNanos) throws(MarketError) -> [MarketEvent] {
        var events: [MarketEvent] = []
        for index in heads.indices {
            while let event = heads[index].event, event.visibleFrom <= moment {
                events.append(event)
                heads[index].event = try heads[index].reader.next()
            }
        }
        return events
    }
}
