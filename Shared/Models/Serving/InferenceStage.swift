internal import Foundation
public import Pipeline
public import Schema

/// Predicts with the models in force, at the end of every batch, for every instrument whose features came in it: in the
/// order in which those came, for each first with the model that trades.
///
/// Which models are in force is told by control events, so a swap takes effect between two batches, at its place in the
/// feed. The champion trades, or a canary in its place for a share of the instruments; every other alias is a shadow beside
/// it. A model that refuses what it is given, or says what is no probability, is told as an anomaly, and where it should
/// trade the next in line does.
public struct InferenceStage: Stage {
    public struct State: Codable, Sendable {
        /// The version behind each alias.
        var aliases: [String: String] = [:]
        var histories: [Instrument: FeatureHistory] = [:]
        /// Those of the aliases' shares that are not the whole; a snapshot of before there were any has none.
        var shares: [String: Double]?
        /// The version that was champion before; a snapshot may not know it.
        var former: String?
    }

    /// A vector with the feed event that began its chain.
    private struct Arrival: Sendable {
        let vector: FeatureVector
        let trace: FeedPosition
        /// The instrument's rows up to this one: a batch may hold later ones, which it must not see.
        let rows: [[Float]]
    }

    /// What a model says of an arrival.
    private enum Answer: Sendable {
        case forecast(DirectionForecast)
        case refusal(String)
        /// There are fewer rows than it looks at.
        case notYet
    }

    /// The version in force behind each alias.
    public var aliases: [String: String] { roster.state.seats.mapValues(\.version) }
    /// How often, in this process, another model traded since the one that should have refused to.
    public private(set) var standIns = 0

    /// Rows of features kept for models that look back; the longest window that can be served.
    public static let longestWindow = 256

    private var roster: ModelRoster
    private var histories: [Instrument: FeatureHistory] = [:]
    /// What came in the batch at hand.
    private var arrivals: [Arrival] = []

    /// - Parameter load: Finds a model version; it throws when there is none.
    public init(load: @escaping @Sendable (_ version: String) throws -> ModelArtifact) {
        roster = ModelRoster(longestWindow: Self.longestWindow, load: load)
    }

    public var state: State {
        let seats = roster.state.seats
        return State(
            aliases: seats.mapValues(\.version), histories: histories,
            shares: seats.mapValues(\.share).filter { $0.value < 1 }, former: roster.state.former)
    }

    public mutating func restore(_ state: State) throws {
        var seats: [String: ModelRoster.Seat] = [:]
        for (alias, version) in state.aliases {
            seats[alias] = ModelRoster.Seat(version: version, share: state.shares?[alias] ?? 1)
        }
        try roster.restore(ModelRoster.State(seats: seats, former: state.former))
        histories = state.histories
    }

    public mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) throws {
        switch event.message {
        case .control(let control):
            guard case .modelActivated(let alias, let version, let share) = control.change else { return }
            do {
                try roster.seat(version, as: alias, share: share)
            } catch {
                outbox.emit(.anomaly(Self.refusedVersion(version, alias, error)))
            }
        case .features(let vector): take(vector, trace: event.trace)
        default: break
        }
    }

    private mutating func take(_ vector: FeatureVector, trace: FeedPosition) {
        var history = histories[vector.instrument] ?? FeatureHistory(featureSet: vector.featureSet)
        // Rows of another list of features are no past of this one.
        if history.featureSet != vector.featureSet { history = FeatureHistory(featureSet: vector.featureSet) }
        history.rows.append(vector.values.map { Float($0) })
        if history.rows.count > Self.longestWindow {
            history.rows.removeFirst(history.rows.count - Self.longestWindow)
        }
        histories[vector.instrument] = history
        arrivals.append(Arrival(vector: vector, trace: trace, rows: history.rows))
    }

    public mutating func close(_ watermark: Watermark, into outbox: inout Outbox) throws {
        defer { arrivals.removeAll(keepingCapacity: true) }
        guard !arrivals.isEmpty else { return }
        let watched = roster.watched
        var answers: [Name: [Answer]] = [:]
        for loaded in watched { answers[loaded.name] = try Self.answers(of: loaded, to: arrivals) }
        for (index, arrival) in arrivals.enumerated() {
            var said: Set<Name> = []
            var hasRefused = false
            for loaded in roster.line(for: arrival.vector.instrument) {
                said.insert(loaded.name)
                // Who was champion before is asked only where the champion refuses.
                let answer = try answers[loaded.name]?[index] ?? Self.answers(of: loaded, to: [arrival])[0]
                if let message = Self.message(answer, loaded, .champion, arrival) {
                    outbox.emit(message, trace: arrival.trace)
                }
                if case .refusal = answer { hasRefused = true }
                guard case .forecast = answer else { continue }
                if hasRefused { standIns += 1 }
                break
            }
            for loaded in watched where said.insert(loaded.name).inserted {
                guard let answer = answers[loaded.name]?[index],
                    let message = Self.message(answer, loaded, .shadow, arrival)
                else { continue }
                outbox.emit(message, trace: arrival.trace)
            }
        }
    }

    // MARK: Answers

    private static func answers(of loaded: ModelRoster.Loaded, to arrivals: [Arrival]) throws -> [Answer] {
        let (window, features) = (loaded.model.window, loaded.model.features)
        var answers: [Answer] = []
        var inputs = ModelInputs()
        var asked: [Int] = []
        for (index, arrival) in arrivals.enumerated() {
            let rows = arrival.rows.suffix(window)
            if arrival.vector.featureSet != loaded.artifact.featureSet {
                let reason = "reads feature set \(loaded.artifact.featureSet), not \(arrival.vector.featureSet)"
                answers.append(.refusal("\(loaded.name) \(reason)"))
            } else if let row = rows.first(where: { $0.count != features }) {
                answers.append(.refusal("\(loaded.name) reads \(features) features, not \(row.count)"))
            } else if rows.contains(where: { $0.contains(where: \.isInfinite) }) {
                answers.append(.refusal("\(loaded.name) reads no feature that is infinite"))
            } else {
                answers.append(.notYet)
                guard rows.count == window else { continue }
                inputs.append(rows.joined(), asOf: arrival.vector.asOf, instrument: arrival.vector.instrument)
                asked.append(index)
            }
        }
        guard !asked.isEmpty else { return answers }
        for (index, forecast) in zip(asked, try loaded.model.forecasts(of: inputs)) {
            answers[index] = forecast.isSound ? .forecast(forecast) : .refusal("\(loaded.name) predicted \(forecast)")
        }
        return answers
    }

    /// A prediction, or a refusal as an anomaly.
    private static func message(
        _ answer: Answer, _ loaded: ModelRoster.Loaded, _ role: Prediction.Role, _ arrival: Arrival
    ) -> Message? {
        let vector = arrival.vector
        switch answer {
        case .notYet: return nil
        case .refusal(let reason):
            return .anomaly(
                Anomaly(
                    kind: .malformed, instrument: vector.instrument.name, timeframe: vector.timeframe,
                    time: vector.openTime, detail: reason))
        case .forecast(let forecast):
            let probability = Double(forecast.probability)
            let signal = loaded.model.signal(for: probability)
            return .prediction(
                Prediction(
                    model: loaded.name, role: role, instrument: vector.instrument, timeframe: vector.timeframe,
                    openTime: vector.openTime, asOf: vector.asOf, featureSet: vector.featureSet,
                    probability: probability, signal: signal.strength, confidence: signal.confidence,
                    referencePrice: vector.referencePrice, volatility: vector.volatility,
                    uncertainty: forecast.uncertainty, quantiles: forecast.quantiles))
        }
    }

    private static func refusedVersion(_ version: String, _ alias: String, _ error: any Error) -> Anomaly {
        Anomaly(
            kind: .malformed, instrument: "", timeframe: .hour1, time: UnixNanos(0),
            detail: "model \(version) for \(alias) was refused: \(error)")
    }
}

extension InferenceStage: DivisibleStage {
    public static func whole(of shards: [State]) -> State {
        var whole = shards[0]
        for shard in shards.dropFirst() { whole.histories.merge(shard.histories) { first, _ in first } }
        return whole
    }

    public static func part(_ shard: Shard, of state: State) -> State {
        var part = state
        part.histories = state.histories.filter { shard.owns($0.key) }
        return part
    }
}
