public import Schema

/// An order book as a venue told it whole.
public struct DepthSnapshot: Sendable, Hashable {
    public let instrument: Instrument
    /// The highest price first.
    public let bids: [BookLevel]
    /// The lowest price first.
    public let asks: [BookLevel]
    /// The number of the last update that is in it; `nil` where the venue does not number its updates.
    public let sequence: UInt64?
    /// What the venue computed over the book; `nil` where it does not.
    public let checksum: DepthChecksum?
    /// When it was so, by the venue's clock; our own receive time where the venue does not say.
    public let eventTime: UnixNanos
    /// When we read it off the socket, by our clock.
    public let receiveTime: UnixNanos

    public init(
        instrument: Instrument, bids: [BookLevel], asks: [BookLevel], sequence: UInt64? = nil,
        checksum: DepthChecksum? = nil, eventTime: UnixNanos, receiveTime: UnixNanos
    ) {
        self.instrument = instrument
        self.bids = bids
        self.asks = asks
        self.sequence = sequence
        self.checksum = checksum
        self.eventTime = eventTime
        self.receiveTime = receiveTime
    }
}

/// What changed in an order book: per price, the amount that waits there now; zero takes the price out of the book.
public struct DepthUpdate: Sendable, Hashable {
    public let instrument: Instrument
    /// In the venue's order; where a price occurs twice, the later one holds.
    public let bids: [BookLevel]
    public let asks: [BookLevel]
    /// The numbers of the first and the last change that it sums up; `nil` where the venue does not number them.
    public let firstSequence: UInt64?
    public let lastSequence: UInt64?
    /// The ``lastSequence`` of the update before it; `nil` where the venue does not say.
    public let previousSequence: UInt64?
    /// What the venue computed over the book after the update; `nil` where it does not.
    public let checksum: DepthChecksum?
    /// When it was so, by the venue's clock; our own receive time where the venue does not say.
    public let eventTime: UnixNanos
    /// When we read it off the socket, by our clock.
    public let receiveTime: UnixNanos

    public init(
        instrument: Instrument, bids: [BookLevel], asks: [BookLevel], firstSequence: UInt64? = nil,
        lastSequence: UInt64? = nil, previousSequence: UInt64? = nil, checksum: DepthChecksum? = nil,
        eventTime: UnixNanos, receiveTime: UnixNanos
    ) {
        self.instrument = instrument
        self.bids = bids
        self.asks = asks
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
        self.previousSequence = previousSequence
        self.checksum = checksum
        self.eventTime = eventTime
        self.receiveTime = receiveTime
    }
}

/// A CRC-32 over the ten best levels of each side of a book, as Kraken computes it.
///
/// Kraken, "Spot Websocket v2, Guide: Book Checksum": asks from the lowest price up, then bids from the highest down; per
/// level the price and then the quantity, each with its fixed number of places, without point and leading zeros.
public struct DepthChecksum: Sendable, Hashable {
    public let value: UInt32
    /// Digits after the point with which the venue writes prices.
    public let pricePlaces: Int
    /// Digits after the point with which the venue writes quantities.
    public let quantityPlaces: Int

    public init(value: UInt32, pricePlaces: Int, quantityPlaces: Int) {
        self.value = value
        self.pricePlaces = pricePlaces
        self.quantityPlaces = quantityPlaces
    }
}

/// How a venue's order book is to be followed.
public struct DepthRules: Sendable, Hashable {
    /// Where the snapshot comes from.
    public enum Snapshot: Sendable, Hashable {
        /// By ``VenueMarketData/depthSnapshot(_:receivedAt:)``, while the updates that already come are kept.
        case requested
        /// As the first message after subscribing; to have another, unsubscribe and subscribe again.
        case streamed
    }

    /// How a lost update shows.
    public enum Continuity: Sendable, Hashable {
        /// An update applies when `firstSequence ≤ last + 1 ≤ lastSequence`; older ones are stale.
        case ranges
        /// The first update after the snapshot holds its sequence (`firstSequence ≤ sequence ≤ lastSequence`); each later
        /// one names its predecessor: `previousSequence == last`.
        case linked
        /// The updates have no numbers; a hole in ``VenueMessage/connectionSequence`` means that any book may have lost one.
        case connection
        /// The updates have no numbers; a book that does not have the stated ``DepthChecksum`` has lost one.
        case checksum
        /// The venue gives no means at all but the connection itself, which TCP keeps in order.
        case none
    }

    public let snapshot: Snapshot
    public let continuity: Continuity
    /// The levels a side that the venue keeps up to date, beyond which a book must be cut after each update; `nil` for all.
    public let levels: Int?

    public init(snapshot: Snapshot, continuity: Continuity, levels: Int? = nil) {
        self.snapshot = snapshot
        self.continuity = continuity
        self.levels = levels
    }
}
