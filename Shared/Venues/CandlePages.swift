public import Schema

/// Candles that a venue gave in one answer.
public struct CandlePage: Sendable, Equatable {
    /// Closed candles, in order of time.
    public let candles: [Candle]
    /// Rows that are not candles because their values contradict each other; to be stored as such.
    public let anomalies: [Anomaly]

    public init(candles: [Candle], anomalies: [Anomaly] = []) {
        (self.candles, self.anomalies) = (candles, anomalies)
    }
}

/// Asks a venue for one page after the other.
public protocol CandlePager: Sendable {
    /// The next page, or `nil` when there are no more.
    mutating func next() async throws(VenueError) -> CandlePage?
}

/// The pages of a download, each fetched when it is asked for.
///
/// A page that fails can be asked for again by a new download that begins where the last page ended.
public struct CandlePages: AsyncSequence, Sendable {
    public typealias Element = CandlePage
    public typealias Failure = VenueError

    private let pager: any CandlePager

    public init(_ pager: any CandlePager) { self.pager = pager }

    public func makeAsyncIterator() -> Iterator { Iterator(pager: pager) }

    /// Fetches the pages.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var pager: any CandlePager

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(VenueError) -> CandlePage? {
            try await pager.next()
        }
    }
}
