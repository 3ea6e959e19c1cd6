internal import HTTP
internal import Schema

/// One row of `klines`: `[open time, open, high, low, close, volume, close time, quote volume, trades, …]`, times in
/// milliseconds.
struct BinanceKline: Decodable, Equatable {
    let candle: PublishedCandle

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        let openTime = try row.decode(UnixMilliseconds.self).moment
        func decimal() throws -> Double { try row.decode(PublishedDecimal.self).value }
        candle = PublishedCandle(
            openTime: openTime, open: try decimal(), high: try decimal(), low: try decimal(), close: try decimal(),
            volume: try decimal())
    }
}

extension CandleCursor {
    /// The parameters of the next request for klines, or `nil` when the range is done.
    func binanceQuery(symbol: String, interval: String, limit: Int = 1000) -> HTTPQuery? {
        guard let window else { return nil }
        var query = HTTPQuery()
        query.append("symbol", symbol)
        query.append("interval", interval)
        // The venue's bounds are inclusive and in milliseconds.
        query.append("startTime", UnixNanos(window.lowerBound.rawValue + 999_999).milliseconds)
        query.append("endTime", UnixNanos(window.upperBound.rawValue - 1).milliseconds)
        query.append("limit", limit)
        return query
    }
}
