public import Schema

/// What a venue of perpetual contracts tells by REST beside candles.
public protocol DerivativesMarketData: VenueMarketData {
    /// The funding rates that were paid from `from` on, before `to`, oldest first; as many as the venue gives in one answer.
    func fundingRates(
        _ instrument: Instrument, from: UnixNanos, to: UnixNanos
    ) async throws(VenueError) -> [SideValue]

    /// The open interest now; `receivedAt` is when it becomes known.
    func openInterest(_ instrument: Instrument, receivedAt: UnixNanos) async throws(VenueError) -> SideValue
}

extension BinanceMarketData: DerivativesMarketData {}
