import Schema
import Venues

/// A minute candle number `index`, with prices that differ from candle to candle.
func minuteCandle(_ index: Int64, instrument: Instrument = Instrument("binance.BTC-USDT")) throws -> Candle {
    let price = 60_000 + Double(index % 977) / 4
    return try Candle(
        instrument: instrument, timeframe: .minute1, openTime: UnixNanos(seconds: index * 60), open: price,
        high: price + 10.25, low: price - 7.5, close: price + 1.125, volume: Double(index % 13))
}

/// The venue's error that a call throws, or `nil` when it throws none.
func venueError(_ body: () async throws -> Void) async -> VenueError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? VenueError
    }
}

extension VenueEvent {
    var trade: Trade? { if case .trade(let trade, _) = self { trade } else { nil } }
    var candle: VenueCandle? { if case .candle(let candle) = self { candle } else { nil } }
}

/// A message did not have the event that a test reads.
struct NoEvent: Error {}
