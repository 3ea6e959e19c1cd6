internal import Schema

/// The answer of `depth`.
struct BinanceDepth: Decodable, Equatable {
    let lastUpdateId: UInt64
    /// When the book was so, and when it was sent; the futures venue alone says it.
    let T: UnixMilliseconds?
    let E: UnixMilliseconds?
    let bids: [PublishedLevel]
    let asks: [PublishedLevel]

    func snapshot(_ instrument: Instrument, receivedAt: UnixNanos) -> DepthSnapshot {
        DepthSnapshot(
            instrument: instrument, bids: bids.map(\.level), asks: asks.map(\.level), sequence: lastUpdateId,
            eventTime: (T ?? E)?.moment ?? receivedAt, receiveTime: receivedAt)
    }
}
