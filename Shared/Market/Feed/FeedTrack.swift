internal import Schema

extension FeedBuilder {
    /// One instrument of the feed.
    ///
    /// What older states lack is optional, so that they can still be read.
    struct Track: Codable, Sendable, Equatable {
        let instrument: Instrument
        var coverage = Coverage()
        /// Accepted base candles that wait for their watermark, oldest first.
        var pending: [Candle] = []
        /// One for each longer timeframe.
        var aggregators: [CandleAggregator]
        /// `nil` before the first candle.
        var outliers: OutlierDetector?
        /// What gaps are filled from; `nil` while nothing is filled.
        var filling: Filling?

        init(instrument: Instrument, aggregators: [CandleAggregator]) {
            (self.instrument, self.aggregators) = (instrument, aggregators)
        }
    }

    /// Where the filling of gaps stands.
    struct Filling: Codable, Sendable, Equatable {
        /// The newest base candle of the feed.
        var newest: Candle
        /// How many were made since the last true one.
        var run: Int
    }
}

extension FeedBuilder.Track {
    /// Judges the close of a candle that follows all before.
    mutating func judge(_ candle: Candle, threshold: Double) -> OutlierDetector.Finding? {
        if outliers == nil { outliers = OutlierDetector() }
        return outliers?.judge(
            candle.close, at: candle.openTime, timeframe: candle.timeframe, threshold: threshold)
    }

    /// Puts flat candles where one is missing of those that close by `time`.
    ///
    /// Watermarks before `time` have been filled up to already, so that what is made here is never late.
    ///
    /// - Returns: Runs of candles that were made: the first, and how many.
    mutating func fill(upTo time: UnixNanos, limit: Int) -> [(first: Candle, count: Int)] {
        var runs: [(first: Candle, count: Int)] = []
        var whole: [Candle] = []
        for candle in pending where candle.closeTime <= time {
            fill(upTo: candle.openTime, limit: limit, into: &whole, &runs)
            whole.append(candle)
            filling = FeedBuilder.Filling(newest: candle, run: 0)
        }
        fill(upTo: time, limit: limit, into: &whole, &runs)
        pending = whole + pending.filter { $0.closeTime > time }
        return runs
    }

    private mutating func fill(
        upTo end: UnixNanos, limit: Int, into whole: inout [Candle], _ runs: inout [(first: Candle, count: Int)]
    ) {
        var count = 0
        while let last = filling, last.run < limit, let flat = last.newest.followedFlat, flat.closeTime <= end {
            if count == 0 { runs.append((flat, 0)) }
            count += 1
            runs[runs.count - 1].count = count
            whole.append(flat)
            filling = FeedBuilder.Filling(newest: flat, run: last.run + 1)
        }
    }
}

extension Candle {
    /// The candle after this one if nobody trades; `nil` where time ends.
    fileprivate var followedFlat: Candle? {
        try? Candle(
            instrument: instrument, timeframe: timeframe, openTime: closeTime, open: close, high: close, low: close,
            close: close, volume: 0, source: .repaired)
    }
}
