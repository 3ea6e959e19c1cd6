internal import Market
public import Pipeline
public import Schema

/// Makes a vector of features for each candle of the primary timeframe that closes.
///
/// Candles of the set's timeframes are taken as they come, and instruments as they appear. Vectors are emitted at the
/// watermark: after every longer candle that closed at the same moment, in the order of the candles that they are traced to.
/// Nothing but candles that have closed is ever looked at, and what stands before them in the feed.
///
/// A shard makes vectors of its own instruments, and compares them with all.
public struct FeatureStage: Stage {
    /// Everything that the stage remembers.
    public struct State: Codable, Sendable, Equatable {
        let featureSet: FeatureSetID
        var tracks: [FeatureTrack] = []
        /// In the order of the plan's.
        var baskets: [StoredBasket] = []
        /// Vectors that wait for the watermark.
        var ready: [Ready] = []
    }

    struct Ready: Codable, Sendable, Equatable {
        let vector: FeatureVector
        let position: FeedPosition
    }

    public let featureSet: FeatureSet
    /// Whether vectors are emitted while some of their values are still `NaN`.
    public let emitsDuringWarmUp: Bool
    public private(set) var state: State
    /// The tracks' instruments: comparing references is quicker than hashing them.
    private var instruments: [Instrument] = []
    private var pendingTime: UnixNanos?
    /// The primary bars that closed at ``pendingTime``, where somebody compares them.
    private var members: [BasketMember] = []
    private let shard: Shard
    private let warmUps: [Int]

    public init(_ featureSet: FeatureSet, shard: Shard = .whole, emitsDuringWarmUp: Bool = false) {
        self.featureSet = featureSet
        self.shard = shard
        self.emitsDuringWarmUp = emitsDuringWarmUp
        state = State(
            featureSet: featureSet.id,
            baskets: featureSet.plan.baskets.map { StoredBasket(name: $0.name, indicator: $0.indicator) })
        warmUps = featureSet.plan.timeframes.map { featureSet.warmUp(of: $0) }
    }

    /// - Throws: ``FeaturesError`` when the state belongs to another feature set.
    public mutating func restore(_ state: State) throws {
        guard state.featureSet == featureSet.id else {
            throw FeaturesError.featureSet(expected: featureSet.id, found: state.featureSet)
        }
        guard state.tracks.allSatisfy({ $0.fits(featureSet.plan) }),
            state.baskets.map(\.name) == featureSet.plan.baskets.map(\.name)
        else {
            throw FeaturesError.state("parts are missing")
        }
        self.state = state
        pendingTime = state.tracks.lazy.compactMap(\.pending?.closeTime).max()
        instruments = state.tracks.map(\.instrument)
    }

    public mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) throws {
        if case .candle(let candle) = event.message { return take(candle, at: event.position) }
        let observers = featureSet.plan.observers
        guard !observers.isEmpty, let seen = MarketEvent(event.message) else { return }
        // It comes after the candles of the moment at hand: their vectors see nothing of it.
        if pendingTime != nil { prepare() }
        guard let instrument = seen.instrument else {
            for track in state.tracks.indices { state.tracks[track].observe(seen, by: observers) }
            return
        }
        guard shard.owns(instrument) else { return }
        state.tracks[track(of: instrument)].observe(seen, by: observers)
    }

    private mutating func take(_ candle: Candle, at position: FeedPosition) {
        guard let timeframe = featureSet.plan.timeframes.firstIndex(of: candle.timeframe) else { return }
        // A batch may hold several moments: a vector sees nothing of a later one.
        if let pendingTime, pendingTime < candle.closeTime { prepare() }
        let bar = Bar(candle)
        if timeframe == 0 {
            pendingTime = candle.closeTime
            if !state.baskets.isEmpty { members.append(BasketMember(instrument: candle.instrument, bar: bar)) }
        }
        guard shard.owns(candle.instrument) else { return }
        let track = track(of: candle.instrument)
        state.tracks[track].take(bar, timeframe: timeframe, running: featureSet.plan.runs[timeframe])
        guard timeframe == 0 else { return }
        state.tracks[track].pending = FeatureTrack.Pending(
            openTime: candle.openTime, closeTime: candle.closeTime, position: position)
    }

    public mutating func close(_ watermark: Watermark, into outbox: inout Outbox) throws {
        prepare()
        if state.ready.count > 1 { state.ready.sort { $0.position < $1.position } }
        for ready in state.ready { outbox.emit(.features(ready.vector), trace: ready.position) }
        state.ready.removeAll(keepingCapacity: true)
    }

    /// Makes the vectors of all candles that closed at the moment at hand.
    private mutating func prepare() {
        pendingTime = nil
        compare()
        for index in state.tracks.indices {
            guard let pending = state.tracks[index].pending else { continue }
            state.tracks[index].pending = nil
            guard emitsDuringWarmUp || state.tracks[index].isWarm(warmUps) else { continue }
            let vector = state.tracks[index].vector(pending, of: featureSet)
            state.ready.append(Ready(vector: vector, position: pending.position))
        }
    }

    /// Gives each instrument what it is beside the others.
    private mutating func compare() {
        guard !members.isEmpty else { return }
        members.sort { $0.instrument < $1.instrument }
        for (place, source) in featureSet.plan.baskets.enumerated() {
            let lines = state.baskets[place].indicator.values(members)
            for (member, lines) in zip(members, lines) where shard.owns(member.instrument) {
                state.tracks[track(of: member.instrument)].take(lines, at: source.slot)
            }
        }
        members.removeAll()
    }

    private mutating func track(of instrument: Instrument) -> Int {
        instruments.firstIndex(of: instrument) ?? insert(instrument)
    }

    private mutating func insert(_ instrument: Instrument) -> Int {
        let new = FeatureTrack(instrument, plan: featureSet.plan)
        let place = state.tracks.firstIndex { instrument < $0.instrument } ?? state.tracks.endIndex
        state.tracks.insert(new, at: place)
        instruments.insert(instrument, at: place)
        return place
    }
}

extension FeatureStage: DivisibleStage {
    /// Candles of every instrument, since each is compared with all.
    public static func concerns(_ event: Event, _ shard: Shard) -> Bool {
        if case .candle = event.message { true } else { shard.owns(event) }
    }

    public static func whole(of shards: [State]) -> State {
        var whole = shards[0]
        whole.tracks = shards.flatMap(\.tracks).sorted { $0.instrument < $1.instrument }
        whole.ready = shards.flatMap(\.ready)
        return whole
    }

    public static func part(_ shard: Shard, of state: State) -> State {
        var part = state
        part.tracks.removeAll { !shard.owns($0.instrument) }
        part.ready.removeAll { !shard.owns($0.vector.instrument) }
        return part
    }
}
