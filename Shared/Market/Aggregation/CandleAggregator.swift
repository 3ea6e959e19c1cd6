public import Schema

/// Builds the candles of a longer timeframe from those of a shorter one, as they come.
///
/// First open, highest high, lowest low, last close, and the sum of the volumes in the order of time. A candle exists when
/// at least one of its parts does. When all do, it is the exchange's own candle to the last digit of the prices; its volume
/// may differ by the rounding of the sum.
public struct CandleAggregator: Codable, Sendable, Equatable {
    /// A finished candle, and how much of it there was.
    public struct Aggregate: Sendable, Hashable {
        public let candle: Candle
        /// Candles that it was built from.
        public let parts: Int
        /// Whether the parts cover the whole timeframe.
        public let isComplete: Bool
    }

    private struct Bucket: Codable, Sendable, Equatable {
        let openTime: UnixNanos
        let open: Double
        var high: Double
        var low: Double
        var close: Double
        var volume: Double
        var parts: Int
        var minutes: Int64
        /// The open time of the newest part.
        var last: UnixNanos
    }

    public let instrument: Instrument
    /// The timeframe of the candles that are built.
    public let timeframe: Timeframe
    private var bucket: Bucket?

    public init(instrument: Instrument, timeframe: Timeframe) {
        self.instrument = instrument
        self.timeframe = timeframe
    }

    /// When the candle in the making ends; `nil` when there is none.
    public var end: UnixNanos? { bucket.map { $0.openTime.advanced(by: timeframe.nanoseconds) } }

    /// Takes the next part.
    ///
    /// Parts come in the order of time, belong to the instrument, and are of a shorter timeframe that divides this one; a
    /// candle that has ended must have been taken with ``finish(at:)`` before a part of the next one comes.
    public mutating func add(_ part: Candle) {
        precondition(
            part.instrument == instrument && part.timeframe < timeframe
                && timeframe.minutes % part.timeframe.minutes == 0,
            "\(part.timeframe.rawValue) of \(part.instrument) is no part of \(timeframe.rawValue) of \(instrument)")
        let openTime = timeframe.openTime(containing: part.openTime)
        guard var bucket else {
            self.bucket = Bucket(
                openTime: openTime, open: part.open, high: part.high, low: part.low, close: part.close,
                volume: part.volume, parts: 1, minutes: part.timeframe.minutes, last: part.openTime)
            return
        }
        precondition(bucket.openTime == openTime, "the candle of \(bucket.openTime) was not finished")
        precondition(bucket.last < part.openTime, "parts must come in the order of time")
        bucket.high = max(bucket.high, part.high)
        bucket.low = min(bucket.low, part.low)
        bucket.close = part.close
        bucket.volume = min(bucket.volume + part.volume, .greatestFiniteMagnitude)
        bucket.parts += 1
        bucket.minutes += part.timeframe.minutes
        bucket.last = part.openTime
        self.bucket = bucket
    }

    /// The candle in the making, if it has ended by `moment`; whatever is missing of it will not come any more.
    public mutating func finish(at moment: UnixNanos) -> Aggregate? {
        guard let bucket, let end, end <= moment else { return nil }
        self.bucket = nil
        do {
            let candle = try Candle(
                instrument: instrument, timeframe: timeframe, openTime: bucket.openTime, open: bucket.open,
                high: bucket.high, low: bucket.low, close: bucket.close, volume: bucket.volume, source: .aggregated)
            return Aggregate(candle: candle, parts: bucket.parts, isComplete: bucket.minutes == timeframe.minutes)
        } catch {
            // Parts are valid candles, so their extremes are consistent and the volume is finite.
            preconditionFailure("valid parts made an invalid candle: \(error)")
        }
    }
}

extension CandleAggregator {
    /// The candles of `timeframe` that `candles`, in the order of time and all of one instrument, make up.
    public static func aggregate(_ candles: [Candle], to timeframe: Timeframe) -> [Aggregate] {
        guard let first = candles.first else { return [] }
        var aggregator = Self(instrument: first.instrument, timeframe: timeframe)
        var result: [Aggregate] = []
        for candle in candles {
            if let finished = aggregator.finish(at: candle.openTime) { result.append(finished) }
            aggregator.add(candle)
        }
        if let end = aggregator.end, let finished = aggregator.finish(at: end) { result.append(finished) }
        return result
    }
}
