internal import Market
internal import Schema

/// Turns a venue's changing candles into closed ones, each once and in order of time.
///
/// Pure. A candle is passed on when the venue says that it is closed. Where a later candle shows that an earlier one must
/// have closed, it is fetched by REST, which has the last word.
struct CandleFollower: Sendable {
    /// What a candle of the stream brought.
    enum Arrival: Equatable {
        case candle(CandleRow)
        /// It is still open.
        case open
        case repeated
        case held
        /// The candles of a range have closed and are not there; `isHole` when the stream should have brought them.
        case missing(Range<UnixNanos>, isHole: Bool)
    }

    /// What an answer brought.
    struct Filling: Equatable {
        var candles: [CandleRow] = []
        var repeated = 0
        /// Candles that are still not there.
        var missing: Range<UnixNanos>?
    }

    private let timeframe: Timeframe
    /// The first open time that is not settled.
    private(set) var next: UnixNanos?
    /// The latest open time seen, closed or not.
    private var latest: UnixNanos?
    /// Closed candles beyond those that are being fetched, by open time.
    private var held: [UnixNanos: CandleRow] = [:]
    /// Whether missing candles have been asked for.
    private(set) var isFetching = false
    /// Whether the venue says when candles close; there, one that is missing was lost.
    private var marksClosed = false

    init(timeframe: Timeframe) { self.timeframe = timeframe }

    mutating func receive(_ candle: VenueCandle) -> Arrival {
        guard let openTime = candle.row.openTime else { return .open }
        if candle.isClosed { marksClosed = true }
        let expected = next ?? openTime
        next = expected
        guard openTime >= expected else { return candle.isClosed ? .repeated : .open }
        latest = max(latest ?? openTime, openTime)
        if isFetching {
            if candle.isClosed { held[openTime] = candle.row }
            return candle.isClosed ? .held : .open
        }
        if openTime == expected {
            guard candle.isClosed else { return .open }
            settle(openTime)
            return .candle(candle.row)
        }
        if candle.isClosed { held[openTime] = candle.row }
        isFetching = true
        let isHole = marksClosed || openTime > after(expected)
        return .missing(expected..<openTime, isHole: isHole)
    }

    /// Takes the answer to a request for the missing candles; `force` settles those that the venue does not have.
    mutating func fill(_ rows: [CandleRow], upTo end: UnixNanos, force: Bool) -> Filling {
        var filling = Filling()
        for row in rows {
            guard let openTime = row.openTime, let next, openTime < end else { continue }
            guard openTime >= next else {
                filling.repeated += 1
                continue
            }
            filling.candles.append(row)
            settle(openTime)
        }
        if let next, next < end {
            guard force else {
                filling.missing = next..<end
                return filling
            }
            self.next = end
        }
        isFetching = false
        release(&filling)
        return filling
    }

    /// Gives the wait for an answer up; ``fetch()``, or the next candle, shows again what is missing.
    mutating func lose() { isFetching = false }

    /// The closed candles that are missing, if there are any, from now on as being asked for.
    mutating func fetch() -> Range<UnixNanos>? {
        guard let next, let latest, next < latest else { return nil }
        isFetching = true
        return next..<(held.keys.min() ?? latest)
    }

    /// Passes on what was held back, up to the next hole.
    private mutating func release(_ filling: inout Filling) {
        for openTime in held.keys.sorted() {
            guard let next, openTime == next else { break }
            if let row = held.removeValue(forKey: openTime) { filling.candles.append(row) }
            settle(openTime)
        }
        if let next { held = held.filter { $0.key >= next } }
        filling.missing = fetch()
    }

    private mutating func settle(_ openTime: UnixNanos) {
        held[openTime] = nil
        next = after(openTime)
    }

    private func after(_ openTime: UnixNanos) -> UnixNanos { openTime.advanced(by: timeframe.nanoseconds) }
}
