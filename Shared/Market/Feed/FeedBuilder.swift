public import Pipeline
public import Schema

/// Makes the feed: turns what sources deliver into checked, aggregated, numbered batches.
///
/// It is the ingestor without its sockets. Rows are accepted as they come, in the order of time for each instrument;
/// ``closeBatch(at:)`` says that waiting is over for everything up to a moment. The same calls always give the same feed.
///
/// Within a batch the order is: controls; then for each moment, oldest first, what happened and became known before it, the
/// base candles that close at it, in instrument order, and the longer candles that end at it, shorter timeframe first, then in
/// instrument order; then the anomalies, as they were found. Events and watermarks share one numbering, from 1 on.
///
/// Nothing is repaired but by the rules in ``Settings/quality``: see ``RepairRules``.
public struct FeedBuilder: Sendable {
    /// What is asked of the feed.
    public struct Settings: Sendable, Equatable {
        /// In instrument order, without duplicates.
        public let instruments: [Instrument]
        /// The timeframe of the rows.
        public let base: Timeframe
        /// The timeframes to aggregate to, shortest first.
        public let higher: [Timeframe]
        /// How candles are judged and repaired.
        public let quality: QualitySettings

        /// Asks for instruments, in any order, and timeframes; each of `higher` must be a multiple of `base`.
        public init(
            instruments: [Instrument], base: Timeframe, higher: [Timeframe], quality: QualitySettings = .standard
        ) {
            precondition(!instruments.isEmpty, "a feed needs an instrument")
            precondition(
                higher.allSatisfy { $0 > base && $0.minutes % base.minutes == 0 },
                "higher timeframes must be multiples of the base timeframe")
            self.instruments = Set(instruments).sorted()
            self.base = base
            self.higher = Set(higher).sorted()
            self.quality = quality
        }
    }

    /// Everything that the builder remembers.
    public struct State: Codable, Sendable, Equatable {
        /// The position that the next event will get.
        public internal(set) var nextPosition = FeedPosition.start.next
        /// The position of the newest watermark; ``FeedPosition/start`` before the first.
        public internal(set) var watermark = FeedPosition.start
        /// The time of the newest watermark; `nil` before the first.
        public internal(set) var time: UnixNanos?
        var tracks: [Track] = []
        var anomalies: [Anomaly] = []
        var controls: [Control] = []
        /// Identifiers of the newest controls, so that one that is placed twice counts once.
        var placed: [String] = []
    }

    private static let rememberedControls = 1024
    public let settings: Settings
    public internal(set) var state: State
    /// What waits for its watermark, as it came.
    ///
    /// It is not part of the state: a source that goes on behind a watermark gives it again.
    var waiting: [MarketEvent] = []
    let indices: [String: Int]

    public init(_ settings: Settings) {
        var state = State()
        state.tracks = settings.instruments.map { instrument in
            Track(
                instrument: instrument,
                aggregators: settings.higher.map { CandleAggregator(instrument: instrument, timeframe: $0) })
        }
        self.init(settings, checked: state)
    }

    /// Goes on from a state; `nil` when it was made with other instruments or timeframes.
    public init?(_ settings: Settings, state: State) {
        guard state.tracks.map(\.instrument) == settings.instruments,
            state.tracks.allSatisfy({ $0.aggregators.map(\.timeframe) == settings.higher }),
            state.tracks.allSatisfy({ track in track.pending.allSatisfy { $0.timeframe == settings.base } })
        else { return nil }
        self.init(settings, checked: state)
    }

    private init(_ settings: Settings, checked state: State) {
        self.settings = settings
        self.state = state
        indices = Dictionary(uniqueKeysWithValues: settings.instruments.enumerated().map { ($1.name, $0) })
    }

    /// Puts a control into the next batch; one whose identifier was placed before is ignored.
    public mutating func place(_ control: Control) {
        guard !state.placed.contains(control.id) else { return }
        state.placed.append(control.id)
        if state.placed.count > Self.rememberedControls { state.placed.removeFirst() }
        state.controls.append(control)
    }

    /// Ends a batch: everything that closed by `time` is out, and what comes later for it is late.
    ///
    /// The time must be later than that of the watermark before.
    public mutating func closeBatch(at time: UnixNanos) -> Batch {
        if let previous = state.time { precondition(previous < time, "watermarks must rise: \(time)") }
        if settings.quality.repair.has(.fillGaps) { fillGaps(upTo: time) }
        var events: [Event] = []
        func emit(_ message: Message) {
            events.append(Event(position: state.nextPosition, message))
            state.nextPosition = state.nextPosition.next
        }
        for control in state.controls { emit(.control(control)) }
        state.controls.removeAll()
        while let moment = nextMoment(upTo: time) {
            for event in due(by: moment) { emit(event.message) }
            for index in state.tracks.indices {
                guard let candle = state.tracks[index].pending.first, candle.closeTime == moment else { continue }
                state.tracks[index].pending.removeFirst()
                for slot in settings.higher.indices { state.tracks[index].aggregators[slot].add(candle) }
                emit(.candle(candle))
            }
            for slot in settings.higher.indices {
                for index in state.tracks.indices {
                    guard let ended = state.tracks[index].aggregators[slot].finish(at: moment) else { continue }
                    emit(.candle(ended.candle))
                }
            }
        }
        for event in due(by: time) { emit(event.message) }
        for anomaly in state.anomalies { emit(.anomaly(anomaly)) }
        state.anomalies.removeAll()
        let watermark = Watermark(position: state.nextPosition, previous: state.watermark, time: time)
        state.watermark = state.nextPosition
        state.nextPosition = state.nextPosition.next
        state.time = time
        return Batch(events: events, watermark: watermark)
    }

    /// The earliest moment up to `time` at which a waiting candle closes or a longer one ends.
    private func nextMoment(upTo time: UnixNanos) -> UnixNanos? {
        var earliest: UnixNanos?
        func consider(_ moment: UnixNanos?) {
            guard let moment, moment <= time else { return }
            if earliest.map({ moment < $0 }) ?? true { earliest = moment }
        }
        for track in state.tracks {
            consider(track.pending.first?.closeTime)
            for aggregator in track.aggregators { consider(aggregator.end) }
        }
        return earliest
    }
}
