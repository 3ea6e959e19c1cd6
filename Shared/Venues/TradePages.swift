public import Market
internal import Schema

/// Asks a venue for one page of trades after the other.
public protocol TradePager: Sendable {
    /// The next trades in order of time, or `nil` when there are no more.
    mutating func next() async throws(VenueError) -> [NumberedTrade]?
}

/// The pages of a download of trades, each fetched when it is asked for.
public struct TradePages: AsyncSequence, Sendable {
    public typealias Element = [NumberedTrade]
    public typealias Failure = VenueError

    private let pager: any TradePager

    public init(_ pager: any TradePager) { self.pager = pager }

    public func makeAsyncIterator() -> Iterator { Iterator(pager: pager) }

    /// Fetches the pages.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var pager: any TradePager

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(VenueError) -> [NumberedTrade]? {
            try await pager.next()
        }
    }
}
