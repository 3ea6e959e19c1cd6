internal import Foundation
internal import HTTP
internal import Schema

/// One row of `/api/v3/klines`:
/// `[open time, open, high, low, close, volume, close time, quote volume, trades, …]`, times in milliseconds.
struct BinanceKline: Decodable, Equatable {
    let openTime: Int64
    let open: Double
    let high: Double
    let low: Double
    let close: Double
    let volume: Double

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        openTime = try row.decode(Int64.self)
        // Year 1970 to 2255; beyond it a moment in nanoseconds would overflow.
        guard (0...9_000_000_000_000).contains(openTime) else {
            throw DecodingError.dataCorruptedError(in: row, debugDescription: "\(openTime) is no time in milliseconds")
        }
        func decimal() throws -> Double {
            let text = try row.decode(String.self)
            guard let value = publishedDecimal(text) else {
                throw DecodingError.dataCorruptedError(
                    in: row, debugDescription: "\"\(text.prefix(32))\" is not a decimal number")
            }
            return value
        }
        (open, high, low) = (try decimal(), try decimal(), try decimal())
        (close, volume) = (try decimal(), try decimal())
    }
}

/// Walks a range of candles page by page: what to ask for next, and what an answer means.
///
/// Pure. A candle is closed only when both clocks say so: ours, by the moment the download was asked for, and the
/// venue's, by the answer's `Date`. Every closed candle that the venue has in the range comes out exactly once.
struct BinanceKlineCursor: Sendable {
    private let instrument: Instrument
    private let timeframe: Timeframe
    private let limit: Int
    /// The first open time not yet asked for, and the first one not wanted.
    private var start: UnixNanos
    private let end: UnixNanos
    private var isFinished = false

    init(
        instrument: Instrument, timeframe: Timeframe, from: UnixNanos, to: UnixNanos, asOf: UnixNanos, limit: Int = 1000
    ) {
        self.instrument = instrument
        self.timeframe = timeframe
        self.limit = limit
        start = from
        end = min(to, timeframe.openTime(containing: asOf))
    }

    /// The parameters of the next request, or `nil` when the range is done.
    var query: HTTPQuery? {
        guard !isFinished, start < end else { return nil }
        var query = HTTPQuery()
        query.append("symbol", instrument.base + instrument.quote)
        query.append("interval", timeframe.rawValue)
        // The venue's bounds are inclusive and in milliseconds.
        query.append("startTime", UnixNanos(start.rawValue + 999_999).milliseconds)
        query.append("endTime", UnixNanos(end.rawValue - 1).milliseconds)
        query.append("limit", limit)
        return query
    }

    /// Takes the rows of an answer.
    ///
    /// `date` is when the venue answered, in seconds since 1970 by its own clock, if it said so.
    ///
    /// - Throws: ``BinanceKlineDisorder`` when the rows are not in order of time, or outside the request.
    mutating func accept(_ rows: [BinanceKline], date: Int64?) throws(BinanceKlineDisorder) -> CandlePage {
        var candles: [Candle] = []
        var anomalies: [Anomaly] = []
        candles.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            let openTime = UnixNanos(milliseconds: row.openTime)
            guard openTime >= start else { throw BinanceKlineDisorder(row: index, openTime: openTime) }
            let closeTime = openTime.advanced(by: timeframe.nanoseconds)
            guard openTime < end, date.map({ closeTime <= UnixNanos(seconds: $0) }) ?? true else {
                isFinished = true
                break
            }
            // Beyond this row, and beyond its whole candle, so that no candle is asked for twice.
            start = timeframe.openTime(containing: openTime).advanced(by: timeframe.nanoseconds)
            do throws(SchemaError) {
                candles.append(
                    try Candle(
                        instrument: instrument, timeframe: timeframe, openTime: openTime, open: row.open,
                        high: row.high, low: row.low, close: row.close, volume: row.volume))
            } catch {
                anomalies.append(anomaly(error, at: openTime))
            }
        }
        if rows.isEmpty { isFinished = true }
        return CandlePage(candles: candles, anomalies: anomalies)
    }

    private func anomaly(_ error: SchemaError, at openTime: UnixNanos) -> Anomaly {
        var kind = Anomaly.Kind.malformed
        if case .ohlc = error { kind = .ohlcViolation }
        return Anomaly(
            kind: kind, instrument: instrument.name, timeframe: timeframe, time: openTime, detail: "\(error)")
    }
}

/// A row that is not later than the one before it, or earlier than what was asked for.
struct BinanceKlineDisorder: Error, Equatable {
    let row: Int
    let openTime: UnixNanos
}
