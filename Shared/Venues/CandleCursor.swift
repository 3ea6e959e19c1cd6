internal import Schema

/// A candle as a venue publishes it.
struct PublishedCandle: Equatable {
    let openTime: UnixNanos
    let open: Double
    let high: Double
    let low: Double
    let close: Double
    let volume: Double
}

/// Walks a range of candles page by page: what to ask for next, and what an answer means.
///
/// Pure. A candle is closed only when both clocks say so: ours, by the moment the download was asked for, and the
/// venue's, by the answer's `Date`. Every closed candle that the venue has in the range comes out exactly once.
struct CandleCursor: Sendable {
    /// How a venue divides a long answer.
    enum Paging: Sendable, Equatable {
        /// The first rows of the window, as many as fit; an empty page says that there are no more.
        case fromStart
        /// All rows of a window of at most so many candles, also none.
        case windows(of: Int)
        /// The newest rows, all at once; older ones than those cannot be had.
        case newestOnly
    }

    private let instrument: Instrument
    private let timeframe: Timeframe
    private let paging: Paging
    /// The first open time not yet asked for, and the first one not wanted.
    private var start: UnixNanos
    private let end: UnixNanos
    private var isFinished = false

    init(
        instrument: Instrument, timeframe: Timeframe, from: UnixNanos, to: UnixNanos, asOf: UnixNanos, paging: Paging
    ) {
        self.instrument = instrument
        self.timeframe = timeframe
        self.paging = paging
        start = from
        end = min(to, timeframe.openTime(containing: asOf))
    }

    /// The open times to ask for next, or `nil` when the range is done.
    var window: Range<UnixNanos>? {
        guard !isFinished, start < end else { return nil }
        guard case .windows(let count) = paging else { return start..<end }
        let (length, isLong) = timeframe.nanoseconds.multipliedReportingOverflow(by: Int64(count))
        let (stop, isFar) = start.rawValue.addingReportingOverflow(length)
        return start..<(isLong || isFar ? end : min(end, UnixNanos(stop)))
    }

    /// Takes the rows of an answer, oldest first.
    ///
    /// `date` is when the venue answered, in seconds since 1970 by its own clock, if it said so.
    ///
    /// - Throws: ``CandleDisorder`` when the rows are not in order of time; and where pages begin at the window's start,
    ///   also for a row before it.
    mutating func accept(_ rows: [PublishedCandle], date: Int64?) throws(CandleDisorder) -> CandlePage {
        guard let window else { return CandlePage(candles: []) }
        var candles: [Candle] = []
        var anomalies: [Anomaly] = []
        candles.reserveCapacity(rows.count)
        var last: UnixNanos?
        for (index, row) in rows.enumerated() {
            let openTime = row.openTime
            if let last, openTime < last { throw CandleDisorder(row: index, openTime: openTime) }
            guard openTime >= start else {
                if paging == .fromStart { throw CandleDisorder(row: index, openTime: openTime) }
                continue
            }
            guard openTime < window.upperBound else {
                if paging == .fromStart { isFinished = true }
                break
            }
            guard date.map({ openTime.advanced(by: timeframe.nanoseconds) <= UnixNanos(seconds: $0) }) ?? true else {
                isFinished = true
                break
            }
            // Beyond this row, and beyond its whole candle, so that no candle is asked for twice.
            start = timeframe.openTime(containing: openTime).advanced(by: timeframe.nanoseconds)
            last = start
            do throws(SchemaError) {
                candles.append(
                    try Candle(
                        instrument: instrument, timeframe: timeframe, openTime: openTime, open: row.open,
                        high: row.high, low: row.low, close: row.close, volume: row.volume))
            } catch {
                anomalies.append(anomaly(error, at: openTime))
            }
        }
        switch paging {
        case .fromStart: if rows.isEmpty { isFinished = true }
        case .windows: start = max(start, window.upperBound)
        case .newestOnly: isFinished = true
        }
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
struct CandleDisorder: Error, Equatable {
    let row: Int
    let openTime: UnixNanos
}
