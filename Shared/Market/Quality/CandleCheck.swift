internal import Schema

/// Why a row is no candle.
struct CandleFlaw: Error {
    let kind: Anomaly.Kind
    let detail: String
}

extension CandleRow {
    /// The row as a candle, or what is wrong with its numbers.
    func checked(as instrument: Instrument, openTime: UnixNanos) -> Result<Candle, CandleFlaw> {
        for (name, value) in [("open", open), ("high", high), ("low", low), ("close", close)] {
            guard value.isFinite, value > 0 else {
                return .failure(CandleFlaw(kind: .malformed, detail: "\(name) is \(value)"))
            }
        }
        do {
            return .success(
                try Candle(
                    instrument: instrument, timeframe: timeframe, openTime: openTime, open: open, high: high, low: low,
                    close: close, volume: volume, source: source))
        } catch {
            if case .ohlc = error { return .failure(CandleFlaw(kind: .ohlcViolation, detail: "\(error)")) }
            return .failure(CandleFlaw(kind: .malformed, detail: "\(error)"))
        }
    }
}

extension CandleRow {
    /// The row with the highest and the lowest of its prices as high and low.
    var widened: CandleRow {
        CandleRow(
            instrument: instrument, timeframe: timeframe, openMilliseconds: openMilliseconds, open: open,
            high: max(open, high, low, close), low: min(open, high, low, close), close: close, volume: volume,
            source: .repaired)
    }
}
