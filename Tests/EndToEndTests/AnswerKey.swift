import Features
import Market
import Pipeline
import Schema
import Store
import Testing

@testable import Models

/// Who must have answered for each bar of a stored feed, and with what.
///
/// It follows from the control events of the feed, by the rules of `ops/decisions/0047`, and from what each version says of
/// the same bars when it is the only one: no stage that knows a swap is asked.
struct AnswerKey {
    struct Bar: Hashable {
        let instrument: Instrument
        let openTime: UnixNanos
    }

    private struct Answer: Equatable {
        let role: Prediction.Role
        /// As bits.
        let probability: UInt64
        /// Of the batch in which the bar closed.
        let position: FeedPosition
    }

    private var answers: [Bar: [Name: Answer]] = [:]
    /// The champions in the order of the feed, one that follows itself once.
    private(set) var champions: [String] = []
    /// What the aliases mean at the feed's end.
    private(set) var seats: [String: ModelSeat] = [:]
    /// Swaps of the champion between two bars: of several between the same two, the last.
    private(set) var swaps = 0

    init(_ feed: [LogBatch], _ featureSet: FeatureSet, _ versions: [ModelVersion]) throws {
        var features = StageRunner(FeatureStage(featureSet), inputs: Topology.inputs(of: Topology.featureBuilder))
        var soloists = try versions.map { try Soloist($0) }
        for batch in feed {
            let made = try features.run([batch.entries.map(\.event)], closing: batch.watermark)
            let before = seats[ModelRole.champion]
            for case .control(let control) in made.map(\.message) { take(control.change) }
            if let before, before != seats[ModelRole.champion] { swaps += 1 }
            var said: [String: [Bar: Double]] = [:]
            for index in soloists.indices {
                said[soloists[index].version] = try soloists[index].answers(to: made, closing: batch.watermark)
            }
            for case .features(let vector) in made.map(\.message) {
                let bar = Bar(instrument: vector.instrument, openTime: vector.openTime)
                let trader = trader(of: vector.instrument)
                for version in Set(seats.values.map(\.version)) {
                    guard let probability = said[version]?[bar] else { continue }
                    answers[bar, default: [:]][Name(version)] = Answer(
                        role: version == trader ? .champion : .shadow, probability: probability.bitPattern,
                        position: batch.watermark.position)
                }
            }
        }
    }

    private mutating func take(_ change: Control.Change) {
        guard case .modelActivated(let alias, let version, let share) = change else { return }
        seats[alias] = ModelSeat(version: version, share: share)
        if alias == ModelRole.champion, champions.last != version { champions.append(version) }
    }

    private func trader(of instrument: Instrument) -> String? {
        if let canary = seats[ModelRole.canary],
            ModelRoster.trades(ModelRoster.Seat(version: canary.version, share: canary.share), instrument)
        {
            return canary.version
        }
        return seats[ModelRole.champion]?.version
    }

    // MARK: Comparing

    /// How many bars must have an answer.
    var bars: Int { answers.count }

    /// What is wrong with the predictions that were stored: one line for each bar.
    func faults(in predictions: [Event]) -> [String] {
        var found: [Bar: [(Name, Answer)]] = [:]
        for event in predictions {
            guard case .prediction(let row) = event.message else { continue }
            let answer = Answer(role: row.role, probability: row.probability.bitPattern, position: event.position)
            found[Bar(instrument: row.instrument, openTime: row.openTime), default: []].append((row.model, answer))
        }
        return Set(found.keys).union(answers.keys).compactMap { bar in
            let (rows, key) = (found[bar] ?? [], answers[bar] ?? [:])
            let traders = rows.filter { $0.1.role == .champion }.map(\.0)
            let expected = key.filter { $0.value.role == .champion }.map(\.key)
            let place = "\(bar.instrument.name) \(bar.openTime)"
            guard traders.count == 1 else { return "\(place) has \(traders.count) champions" }
            guard traders == expected else { return "\(place) has the champion \(traders), not \(expected)" }
            guard Set(rows.map(\.0)) == Set(key.keys), rows.count == key.count else {
                return "\(place) has answers of \(rows.map(\.0)), not of \(key.keys)"
            }
            guard rows.allSatisfy({ key[$0.0] == $0.1 }) else { return "\(place) has \(rows), not \(key)" }
            return nil
        }
    }
}

/// A version that is alone in force from the beginning on.
private struct Soloist {
    let version: String
    private var runner: StageRunner<InferenceStage>
    private var hasBegun = false

    init(_ version: ModelVersion) throws {
        let artifact = try ModelArtifact(
            version: version.id, model: version.model, featureSet: version.featureSet, weights: version.weights)
        self.version = version.id
        runner = StageRunner(
            InferenceStage { _ in artifact }, inputs: Topology.inputs(of: Topology.inferenceServer))
    }

    /// The probability that it gives each bar of a batch of features.
    mutating func answers(to events: [Event], closing watermark: Watermark) throws -> [AnswerKey.Bar: Double] {
        var given = events.filter { if case .features = $0.message { true } else { false } }
        if !hasBegun {
            let control = Control(
                id: "alone", change: .modelActivated(alias: ModelRole.champion, version: version))
            given.insert(Event(position: watermark.previous.next, .control(control)), at: 0)
            hasBegun = true
        }
        var answers: [AnswerKey.Bar: Double] = [:]
        for case .prediction(let row) in try runner.run([given], closing: watermark).map(\.message) {
            answers[AnswerKey.Bar(instrument: row.instrument, openTime: row.openTime)] = row.probability
        }
        return answers
    }
}
