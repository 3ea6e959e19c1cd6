internal import Pipeline
internal import Schema
internal import Synthetic

/// The log of made-up candles: any part of it, from any position, made when it is asked for.
struct SyntheticLog {
    private let settings: Settings
    private var market: RegimeSwitchingMarket
    private var sequencer = Sequencer()
    private var position = FeedPosition.start

    /// The last watermark that there will be.
    var end: FeedPosition { FeedPosition(UInt64(settings.bars) * eventsPerBar) }
    /// The last watermark made so far.
    var served: FeedPosition { position }
    private var eventsPerBar: UInt64 { UInt64(settings.market.instruments.count) + 1 }

    init(_ settings: Settings) {
        self.settings = settings
        market = RegimeSwitchingMarket(settings.market, seed: settings.seed)
    }

    /// The batches after a watermark; going back starts from the seed again.
    mutating func batches(after: FeedPosition, limit: Int) -> [LogBatch] {
        if after < position { self = SyntheticLog(settings) }
        var batches: [LogBatch] = []
        while batches.count < limit, position < end {
            let batch = next()
            if batch.watermark.previous >= after { batches.append(batch) }
        }
        return batches
    }

    private mutating func next() -> LogBatch {
        let previous = position
        let closeTime = market.nextOpenTime.advanced(by: settings.market.timeframe.nanoseconds)
        let events = market.next().map { candle -> Event in
            position = position.next
            return Event(position: position, .candle(candle))
        }
        position = position.next
        return sequencer.number(events, closing: Watermark(position: position, previous: previous, time: closeTime))
    }
}
