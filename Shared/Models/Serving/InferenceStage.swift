internal import Foundation
public import Pipeline
public import Schema

/// Predicts with the models in force, at the end of every batch, for every instrument whose features came in it: in the
/// order in which those came, for each the champion first.
///
/// Which models are in force is told by control events, so a swap takes effect between two batches, at its place in the
/// feed. The champion trades; every other alias is a shadow beside it.
public struct InferenceStage: Stage {
    public struct State: Codable, Sendable {
        /// The version behind each alias.
        var aliases: [String: String] = [:]
        var histories: [Instrument: History] = [:]
    }

    /// The newest rows of features of an instrument, oldest first.
    struct History: Codable, Sendable {
        let featureSet: FeatureSetID
        var rows: [[Float]] = []
    }

    private struct Loaded: Sendable {
        let artifact: ModelArtifact
        /// The version, as predictions carry it.
        let name: Name
        let model: any DirectionModel
    }

    /// A vector with the feed event that began its chain.
    private struct Arrival: Sendable {
        let vector: FeatureVector
        let trace: FeedPosition
        /// The instrument's rows up to this one: a batch may hold later ones, which it must not see.
        let rows: [[Float]]
    }

    /// The version in force behind each alias.
    public var aliases: [String: String] { state.aliases }

    /// The alias of the model that trades.
    public static let champion = "champion"
    /// Rows of features kept for models that look back; the longest window that can be served.
    public static let longestWindow = 64

    public private(set) var state = State()
    private let load: @Sendable (_ version: String) throws -> ModelArtifact
    private var models: [String: Loaded] = [:]
    /// What came in the batch at hand.
    private var arrivals: [Arrival] = []
    /// For each arrival, what the models made of it.
    private var answers: [[Message]] = []

    /// - Parameter load: Finds a model version; it throws when there is none.
    public init(load: @escaping @Sendable (_ version: String) throws -> ModelArtifact) { self.load = load }

    public mutating func restore(_ state: State) throws {
        self.state = state
        models = try state.aliases.mapValues { try loaded($0) }
    }

    public mutating func process(_ event: borrowing LentEvent, from input: Int, into outbox: inout Outbox) throws {
        switch event.message {
        case .control(let control):
            if case .modelActivated(let alias, let version) = control.change { activate(alias, version, into: &outbox) }
        case .features(let vector):
            var history = state.histories[vector.instrument] ?? History(featureSet: vector.featureSet)
            // Rows of another list of features are no past of this one.
            if history.featureSet != vector.featureSet { history = History(featureSet: vector.featureSet) }
            history.rows.append(vector.values.map { Float($0) })
            if history.rows.count > Self.longestWindow {
                history.rows.removeFirst(history.rows.count - Self.longestWindow)
            }
            state.histories[vector.instrument] = history
            arrivals.append(Arrival(vector: vector, trace: event.trace, rows: history.rows))
        default: break
        }
    }

    public mutating func close(_ watermark: Watermark, into outbox: inout Outbox) throws {
        defer { arrivals.removeAll(keepingCapacity: true) }
        guard !arrivals.isEmpty else { return }
        answers = Array(repeating: [], count: arrivals.count)
        let aliases = models.keys.sorted { ($0 != Self.champion ? 1 : 0, $0) < ($1 != Self.champion ? 1 : 0, $1) }
        // A version under two aliases predicts once, in its first role: a prediction is named by its version.
        var done: Set<String> = []
        for alias in aliases {
            guard let loaded = models[alias], done.insert(loaded.artifact.version).inserted else { continue }
            try predict(with: loaded, as: alias == Self.champion ? .champion : .shadow)
        }
        for (arrival, messages) in zip(arrivals, answers) {
            for message in messages { outbox.emit(message, trace: arrival.trace) }
        }
    }

    // MARK: Models

    /// Puts a version in force; one that cannot be had leaves the one before in force, and says so in the feed's tables.
    private mutating func activate(_ alias: String, _ version: String, into outbox: inout Outbox) {
        do {
            models[alias] = try loaded(version)
            state.aliases[alias] = version
        } catch {
            outbox.emit(
                .anomaly(
                    Anomaly(
                        kind: .malformed, instrument: "", timeframe: .hour1, time: UnixNanos(0),
                        detail: "model \(version) for \(alias) was refused: \(error)")))
        }
    }

    private func loaded(_ version: String) throws -> Loaded {
        if let known = models.values.first(where: { $0.artifact.version == version }) { return known }
        let artifact = try load(version)
        let model = try artifact.model()
        guard model.window <= Self.longestWindow else {
            throw ServingError.window(version: version, rows: model.window, longest: Self.longestWindow)
        }
        return Loaded(artifact: artifact, name: Name(artifact.version), model: model)
    }

    // MARK: Predictions

    private mutating func predict(with loaded: Loaded, as role: Prediction.Role) throws {
        let window = loaded.model.window
        var inputs: [Float] = []
        var asked: [Int] = []
        for (index, arrival) in arrivals.enumerated() {
            let vector = arrival.vector
            guard vector.featureSet == loaded.artifact.featureSet else {
                answers[index].append(
                    Self.refusal(
                        vector,
                        "\(loaded.artifact.version) reads feature set \(loaded.artifact.featureSet), "
                            + "not \(vector.featureSet)"))
                continue
            }
            guard arrival.rows.count >= window else { continue }
            for row in arrival.rows.suffix(window) { inputs += row }
            asked.append(index)
        }
        guard !asked.isEmpty else { return }
        let probabilities = try loaded.model.probabilities(of: inputs, count: asked.count)
        for (index, probability) in zip(asked, probabilities) {
            let vector = arrivals[index].vector
            guard probability >= 0, probability <= 1 else {
                answers[index].append(Self.refusal(vector, "\(loaded.artifact.version) predicted \(probability)"))
                continue
            }
            let signal = DirectionSignal(probability: Double(probability))
            answers[index].append(
                .prediction(
                    Prediction(
                        model: loaded.name, role: role, instrument: vector.instrument,
                        timeframe: vector.timeframe, openTime: vector.openTime, asOf: vector.asOf,
                        featureSet: vector.featureSet, probability: Double(probability), signal: signal.strength,
                        confidence: signal.confidence, referencePrice: vector.referencePrice,
                        volatility: vector.volatility)))
        }
    }

    private static func refusal(_ vector: FeatureVector, _ reason: String) -> Message {
        .anomaly(
            Anomaly(
                kind: .malformed, instrument: vector.instrument.name, timeframe: vector.timeframe,
                time: vector.openTime, detail: reason))
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

/// What a probability of up says to a trader.
public struct DirectionSignal: Sendable, Equatable {
    /// −2 (sell) … 2 (buy); full at probabilities of 0.35 and 0.65.
    public let strength: Double
    /// The margin between the two outcomes, 0…1.
    public let confidence: Double

    public init(probability: Double) {
        strength = min(2, max(-2, (probability - 0.5) / 0.15 * 2))
        confidence = abs(2 * probability - 1)
    }
}

/// Why a model cannot be served.
public enum ServingError: Error, Equatable, Sendable {
    case window(version: String, rows: Int, longest: Int)
    /// The registry has no such version.
    case noVersion(String)
    /// The registry's row is of a kind that this build does not serve.
    case unknownKind(version: String, kind: String)
}
