internal import Pipeline
internal import Schema
internal import Synthetic

/// The log of made-up candles: any part of it, from any position, made when it is asked for.
struct SyntheticLog {
    /// Where the log is being made, with all that decides how it goes on.
    private struct Place {
        var market: RegimeSwitchingMarket
        var sequencer = Sequencer()
        var position = FeedPosition.start
    }

    private let bars: Int
    private let beginning: Place
    private var place: Place
    /// Where the last pages began, oldest first: who asks again, or got a part of a page, has it made from there.
    private var pages: [Place] = []
    /// Bars made so far, those made again among them.
    private(set) var made = 0

    /// The most events of a page, so that it fits into an answer whole: a candle takes some 200 of its 8 MiB.
    private static let pageEvents = 1 << 15
    private static let pagesKept = 4

    /// The last watermark that there will be.
    var end: FeedPosition { FeedPosition(UInt64(bars) * eventsPerBar) }
    /// The last watermark made so far.
    var served: FeedPosition { place.position }
    private var eventsPerBar: UInt64 { UInt64(beginning.market.settings.instruments.count) + 1 }

    init(_ settings: RegimeSwitchingMarket.Settings, seed: UInt64, bars: Int) {
        self.bars = bars
        beginning = Place(market: RegimeSwitchingMarket(settings, seed: seed))
        place = beginning
    }

    /// The batches after a watermark; going back further than the last pages starts from the seed again.
    mutating func batches(after: FeedPosition, limit: Int) -> [LogBatch] {
        if after < place.position { place = pages.last { $0.position <= after } ?? beginning }
        while place.position < min(after, end) { _ = next() }
        pages.removeAll { $0.position >= place.position }
        pages.append(place)
        if pages.count > Self.pagesKept { pages.removeFirst() }
        var batches: [LogBatch] = []
        let most = min(limit, max(1, Self.pageEvents / Int(eventsPerBar)))
        while batches.count < most, place.position < end { batches.append(next()) }
        return batches
    }

    private mutating func next() -> LogBatch {
        let previous = place.position
        let closeTime = place.market.nextOpenTime.advanced(by: beginning.market.settings.timeframe.nanoseconds)
        let events = place.market.next().map { candle -> Event in
            place.position = place.position.next
            return Event(position: place.position, .candle(candle))
        }
        place.position = place.position.next
        made += 1
        return place.sequencer.number(
            events, closing: Watermark(position: place.position, previous: previous, time: closeTime))
    }
}
