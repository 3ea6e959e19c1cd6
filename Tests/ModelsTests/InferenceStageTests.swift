import Features
import Foundation
import Learning
import Pipeline
import Schema
import Tensor
import Testing

@testable import Models

@Suite("Inference stage", .timeLimit(.minutes(20)))
struct InferenceStageTests {
    /// Batches before the first vectors are fewer.
    private let warm = 110

    private func activations(_ champion: ModelArtifact, _ shadow: ModelArtifact) -> [Control] {
        [activation("champion", champion.version), activation("challenger", shadow.version)]
    }

    @Test("Every prediction stays to the last bit when all that follows it is removed", arguments: [1, 4])
    func noFuture(barsPerBatch: Int) throws {
        var random = SplitMix64(seed: UInt64(barsPerBatch))
        let controls = [0: activations(SmallModels.trees, SmallModels.sequence)]
        var whole = Serving(SmallModels.both)
        try whole.run(SyntheticFeed(seed: 5, bars: 200, barsPerBatch: barsPerBatch, controls: controls).batches)
        #expect(whole.predictions.count > 2 * 2 * 80)
        for _ in 0..<6 {
            let bars = Int.random(in: (warm + 10)..<200, using: &random)
            let feed = SyntheticFeed(seed: 5, bars: bars, barsPerBatch: barsPerBatch, controls: controls)
            var cut = Serving(SmallModels.both)
            try cut.run(feed.batches)
            let end = try #require(feed.batches.last?.watermark.time)
            let before = whole.predictions.filter { $0.asOf <= end }
            #expect(Set(cut.predictions) == Set(before), "cut at bar \(bars)")
            #expect(cut.predictions.count == before.count)
            #expect(cut.predictions.contains { $0.asOf == end })
        }
    }

    @Test("How many bars a batch holds changes no prediction")
    func chunks() throws {
        let controls = [0: activations(SmallModels.trees, SmallModels.sequence)]
        let predictions = try [1, 3, 16].map { barsPerBatch in
            var serving = Serving(SmallModels.both)
            try serving.run(SyntheticFeed(seed: 6, bars: 180, barsPerBatch: barsPerBatch, controls: controls).batches)
            return Set(serving.predictions)
        }
        #expect(predictions[0] == predictions[1])
        #expect(predictions[0] == predictions[2])
    }

    @Test("A stage restored in the middle from its stored state goes on to the last bit")
    func restore() throws {
        var random = SplitMix64(seed: 3)
        let controls = [0: activations(SmallModels.sequence, SmallModels.trees)]
        let feed = SyntheticFeed(seed: 8, bars: 200, controls: controls)
        for _ in 0..<4 {
            let middle = Int.random(in: 60..<190, using: &random)
            var whole = Serving(SmallModels.both)
            try whole.run(feed.batches[..<middle])
            let count = whole.events.count
            var restored = Serving(SmallModels.both)
            try restored.restore(stored(whole.features.stage.state), stored(whole.inference.stage.state))
            try whole.run(feed.batches[middle...])
            try restored.run(feed.batches[middle...])
            #expect(restored.events == Array(whole.events[count...]), "restored at \(middle)")
            #expect(restored.predictions.count >= 2 * 2 * 10)
        }
    }

    @Test("A restored stage knows the canary's share, and who was champion before")
    func restoredRoster() throws {
        let foreign = ModelArtifact(
            version: "foreign", kind: SmallModels.trees.kind, featureSet: FeatureSetID(1),
            weights: SmallModels.trees.weights)
        let version = SmallModels.sequence.version
        // One instrument is the canary's, so that of the other the former champion trades.
        let share = try #require(
            stride(from: 0.01, to: 1, by: 0.01).first { share in
                let seat = ModelRoster.Seat(version: version, share: share)
                return ModelRoster.trades(seat, bitcoin) != ModelRoster.trades(seat, ether)
            })
        let canary = Control(
            id: "canary", change: .modelActivated(alias: "canary", version: version, share: share))
        let controls = [
            0: [activation("champion", SmallModels.trees.version), canary], 120: [activation("champion", "foreign")],
        ]
        let feed = SyntheticFeed(seed: 14, bars: 160, controls: controls)
        var whole = Serving(SmallModels.both + [foreign])
        try whole.run(feed.batches[..<130])
        let count = whole.events.count
        var restored = Serving(SmallModels.both + [foreign])
        try restored.restore(stored(whole.features.stage.state), stored(whole.inference.stage.state))
        try whole.run(feed.batches[130...])
        try restored.run(feed.batches[130...])
        #expect(restored.events == Array(whole.events[count...]) && restored.inference.stage.standIns == 30)
        let traders = restored.predictions.filter { $0.role == .champion }
        #expect(traders.count == 2 * 30)
        #expect(Set(traders.map(\.model.text)) == [version, SmallModels.trees.version])
    }

    @Test(
        "A snapshot of before there were shares is restored: every alias trades the whole, and nobody was champion before"
    )
    func olderSnapshot() throws {
        var serving = Serving(SmallModels.both)
        let begin = activations(SmallModels.trees, SmallModels.sequence)
        let feed = SyntheticFeed(seed: 8, bars: 130, controls: [0: begin])
        try serving.run(feed.batches[..<120])
        let coded = try PropertyListSerialization.propertyList(
            from: PropertyListEncoder().encode(serving.inference.stage.state), format: nil)
        var older = try #require(coded as? [String: Any])
        #expect(older.removeValue(forKey: "shares") != nil)
        older.removeValue(forKey: "former")
        #expect(Set(older.keys) == ["aliases", "histories"])
        let data = try PropertyListSerialization.data(fromPropertyList: older, format: .binary, options: 0)
        var restored = Serving(SmallModels.both)
        try restored.restore(
            serving.features.stage.state, PropertyListDecoder().decode(InferenceStage.State.self, from: data))
        let count = serving.events.count
        try serving.run(feed.batches[120...])
        try restored.run(feed.batches[120...])
        #expect(restored.events == Array(serving.events[count...]) && !restored.predictions.isEmpty)
    }

    @Test("Rows are stored to the last bit, and those that builds of before stored are read")
    func storedRows() throws {
        var random = SplitMix64(seed: 12)
        let rows = (0..<256).map { _ in
            (0..<7).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
        }
        let history = FeatureHistory(featureSet: FeatureSetID(3), rows: rows)
        let read = try stored(history)
        #expect(read.featureSet == history.featureSet)
        #expect(read.rows.map { $0.map(\.bitPattern) } == rows.map { $0.map(\.bitPattern) })
        #expect(try stored(FeatureHistory(featureSet: FeatureSetID(3))).rows.isEmpty)

        struct Former: Codable {
            let featureSet: FeatureSetID
            let rows: [[Float]]
        }
        let former = Former(featureSet: FeatureSetID(3), rows: [[1, 2.5], [-3, .infinity]])
        let coded = try PropertyListEncoder().encode(former)
        #expect(try PropertyListDecoder().decode(FeatureHistory.self, from: coded).rows == former.rows)
        // A build of before reads what is written now, and finds nothing.
        let now = try PropertyListEncoder().encode(history)
        #expect(try PropertyListDecoder().decode(Former.self, from: now).rows.isEmpty)
    }

    @Test("Rows that are not whole are refused")
    func brokenRows() throws {
        let coded = try PropertyListSerialization.propertyList(
            from: PropertyListEncoder().encode(FeatureHistory(featureSet: FeatureSetID(3), rows: [[1, 2, 3]])),
            format: nil)
        for width in [0, -3, 2] {
            var broken = try #require(coded as? [String: Any])
            broken["width"] = width
            let data = try PropertyListSerialization.data(fromPropertyList: broken, format: .binary, options: 0)
            #expect(throws: DecodingError.self) { try PropertyListDecoder().decode(FeatureHistory.self, from: data) }
        }
    }

    private func stored<State: Codable>(_ state: State) throws -> State {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        return try PropertyListDecoder().decode(State.self, from: encoder.encode(state))
    }

    @Test("A state whose model is gone is refused")
    func restoreWithoutModel() throws {
        var serving = Serving(SmallModels.both)
        try serving.run(
            SyntheticFeed(seed: 8, bars: 2, controls: [0: [activation("champion", SmallModels.trees.version)]]).batches)
        var other = Serving([])
        #expect(throws: ServingError.noVersion(SmallModels.trees.version)) {
            try other.restore(serving.features.stage.state, serving.inference.stage.state)
        }
    }

    /// An LSTM that has learned nothing, as builds of before wrote it; its window and what it says are free.
    private func formerNetwork(window: Int, bias: Float? = nil) throws -> [UInt8] {
        var random = SplitMix64(seed: 1)
        let network = try SequenceClassifier(
            SequenceConfiguration(features: featureSet.names, hidden: 2), using: &random)
        if let bias {
            let parameter = try #require(network.parameters.first { $0.name == "head.bias" })
            try parameter.value.assign(Tensor([bias], shape: [1]))
        }
        let names = featureSet.names.map { "\"\($0)\"" }.joined(separator: ",")
        var file = SafeTensors(metadata: [
            "tidegate.sequence-classifier.v2": #"""
            {"features":[\#(names)],"window":\#(window),"hidden":2,"layers":1,"dropout":0,"predictionBatch":32}
            """#
        ])
        try file.add(network.state, prefix: "weights.")
        let (zeros, ones) = (
            Array(repeating: 0.0, count: featureSet.count), Array(repeating: 1.0, count: featureSet.count)
        )
        try file.add([
            ("scaler.centre", Tensor(zeros, shape: [zeros.count])), ("scaler.scale", Tensor(ones, shape: [ones.count])),
        ])
        return try file.bytes()
    }

    // MARK: Models in force

    @Test("A swap takes effect at its place in the feed, and changes exactly what follows")
    func hotSwap() throws {
        func run(_ controls: [Int: [Control]]) throws -> [Prediction] {
            var serving = Serving(SmallModels.both)
            try serving.run(SyntheticFeed(seed: 9, bars: 180, controls: controls).batches)
            #expect(serving.anomalies.isEmpty)
            return serving.predictions
        }
        let place = 150
        let (first, second) = (SmallModels.trees.version, SmallModels.sequence.version)
        let (old, new) = (
            try run([0: [activation("champion", first)]]), try run([0: [activation("champion", second)]])
        )
        let swapped = try run([0: [activation("champion", first)], place: [activation("champion", second)]])
        let time = SyntheticFeed(seed: 9, bars: 180).batches[place].watermark.time
        #expect(swapped.filter { $0.asOf < time } == old.filter { $0.asOf < time })
        #expect(swapped.filter { $0.asOf >= time } == new.filter { $0.asOf >= time })
        #expect(swapped.contains { $0.asOf == time } && swapped.contains { $0.asOf < time })
    }

    @Test("A version that cannot be loaded leaves the one before in force, and is told as an anomaly")
    func refusedVersion() throws {
        func run(_ controls: [Int: [Control]], _ more: [ModelArtifact] = []) throws -> Serving {
            var serving = Serving(SmallModels.both + more)
            try serving.run(SyntheticFeed(seed: 10, bars: 160, controls: controls).batches)
            return serving
        }
        let version = SmallModels.trees.version
        let begin = [activation("champion", version)]
        let undisturbed = try run([0: begin])
        let network = try formerNetwork(window: InferenceStage.longestWindow + 1)
        let long = ModelArtifact(
            version: "long", kind: SmallModels.sequence.kind, featureSet: featureSet.id, weights: network)
        let broken = ModelArtifact(
            version: "broken", kind: SmallModels.trees.kind, featureSet: featureSet.id, weights: [1, 2, 3])
        for name in ["gone", "broken", "long"] {
            let serving = try run([0: begin, 140: [activation("champion", name)]], [long, broken])
            #expect(serving.predictions == undisturbed.predictions)
            #expect(serving.anomalies.count == 1)
            #expect(serving.anomalies.first?.detail.contains("model \(name) for champion was refused") == true)
            // What was refused is not in the state, so a restart does not stumble over it.
            var again = Serving(SmallModels.both)
            try again.restore(serving.features.stage.state, serving.inference.stage.state)
        }
    }

    @Test("Champion and challenger both predict, the champion first; one version under two names predicts once")
    func roles() throws {
        let (trees, sequence) = (SmallModels.trees.version, SmallModels.sequence.version)
        func run(_ controls: [Control]) throws -> Serving {
            var serving = Serving(SmallModels.both)
            try serving.run(SyntheticFeed(seed: 11, bars: 130, controls: [0: controls]).batches)
            return serving
        }
        let apart = try run([activation("a-shadow", sequence), activation("champion", trees)])
        let time = try #require(apart.predictions.last?.asOf)
        let last = apart.predictions.filter { $0.asOf == time }
        #expect(last.map(\.role) == [.champion, .shadow, .champion, .shadow])
        #expect(last.map(\.model.text) == [trees, sequence, trees, sequence])
        #expect(last.map(\.instrument) == [bitcoin, bitcoin, ether, ether])
        let together = try run([activation("a-shadow", trees), activation("champion", trees)])
        #expect(together.predictions == apart.predictions.filter { $0.role == .champion })
    }

    @Test("A model of another list of features predicts nothing, and each of its vectors is told as an anomaly")
    func foreignFeatureSet() throws {
        let foreign = ModelArtifact(
            version: "foreign", kind: SmallModels.trees.kind, featureSet: FeatureSetID(1),
            weights: SmallModels.trees.weights)
        var serving = Serving([foreign])
        try serving.run(
            SyntheticFeed(seed: 12, bars: 130, controls: [0: [activation("champion", "foreign")]]).batches)
        #expect(serving.predictions.isEmpty && serving.inference.stage.standIns == 0)
        #expect(!serving.vectors.isEmpty)
        #expect(serving.anomalies.count == serving.vectors.count)
        #expect(
            serving.anomalies.allSatisfy {
                $0.detail == "foreign reads feature set 0000000000000001, not \(featureSet.id)"
            })
    }

    @Test("Where a new champion refuses, the one before trades in its place, every bar, and both are told")
    func standIn() throws {
        let (trees, sequence) = (SmallModels.trees, SmallModels.sequence)
        let foreign = ModelArtifact(
            version: "foreign", kind: SmallModels.trees.kind, featureSet: FeatureSetID(1), weights: trees.weights)
        func run(_ controls: [Int: [Control]]) throws -> Serving {
            var serving = Serving(SmallModels.both + [foreign])
            try serving.run(SyntheticFeed(seed: 12, bars: 160, controls: controls).batches)
            return serving
        }
        let begin = [activation("champion", trees.version)]
        let undisturbed = try run([0: begin])
        let disturbed = try run([0: begin, 130: [activation("champion", "foreign")]])
        #expect(disturbed.predictions == undisturbed.predictions)
        let time = SyntheticFeed(seed: 12, bars: 160).batches[130].watermark.time
        let late = undisturbed.predictions.count { $0.asOf >= time }
        #expect(late == 60 && disturbed.anomalies.count == late && disturbed.inference.stage.standIns == late)
        // Whoever is champion next has the refusing one behind it, and needs nobody.
        let mended = try run([
            0: begin, 130: [activation("champion", "foreign")], 140: [activation("champion", sequence.version)],
        ])
        #expect(mended.anomalies.count == 20 && mended.predictions.count == undisturbed.predictions.count)
        #expect(mended.predictions.last?.model.text == sequence.version)
    }

    @Test(
        "A canary trades the instruments of its share, the champion the others, and each is watched where it does not")
    func canary() throws {
        let (trees, sequence) = (SmallModels.trees.version, SmallModels.sequence.version)
        func run(_ share: Double) throws -> [Prediction] {
            let canary = Control(
                id: "canary", change: .modelActivated(alias: "canary", version: sequence, share: share))
            var serving = Serving(SmallModels.both)
            try serving.run(
                SyntheticFeed(seed: 11, bars: 130, controls: [0: [activation("champion", trees), canary]]).batches)
            #expect(serving.anomalies.isEmpty)
            // Before, the canary has too few rows, and the champion stands in.
            let begin = try #require(serving.predictions.first { $0.model.text == sequence }).asOf
            #expect(serving.predictions.prefix { $0.asOf < begin }.allSatisfy { $0.role == .champion })
            return serving.predictions.filter { $0.asOf >= begin }
        }
        func traders(_ predictions: [Prediction]) -> Set<String> {
            Set(predictions.filter { $0.role == .champion }.map { "\($0.instrument.name) \($0.model)" })
        }
        let names = [bitcoin.name, ether.name]
        let (none, all) = (try run(0), try run(1))
        #expect(traders(none) == Set(names.map { "\($0) \(trees)" }))
        #expect(traders(all) == Set(names.map { "\($0) \(sequence)" }))
        // The share at which the first instrument changes hands is one at which the second does not.
        let shares = stride(from: 0.01, to: 1, by: 0.01)
        let between = try #require(shares.first { traders((try? run($0)) ?? none).contains { $0.hasSuffix(sequence) } })
        #expect(traders(try run(between)).count { $0.hasSuffix(sequence) } == 1)
        for predictions in [none, all, try run(between)] {
            #expect(predictions.count == none.count)
            for place in stride(from: 0, to: predictions.count, by: 2) {
                #expect(predictions[place..<place + 2].map(\.role) == [.champion, .shadow])
            }
        }
    }

    @Test("A share of many instruments is about that share of them, the same for every run, and grows with itself")
    func shares() {
        func chosen(_ share: Double) -> Set<Int> {
            let seat = ModelRoster.Seat(version: "v", share: share)
            return Set((0..<2000).filter { ModelRoster.trades(seat, Instrument("binance.COIN\($0)-USDT")) })
        }
        let sets = [0, 0.1, 0.3, 1].map(chosen)
        #expect(sets[0].isEmpty && sets[3].count == 2000)
        #expect((150...250).contains(sets[1].count) && (520...680).contains(sets[2].count))
        #expect(sets[1].isSubset(of: sets[2]))
    }

    @Test("A model that says no probability of a row of zeros is never put in force")
    func numbAnswer() throws {
        let network = try formerNetwork(window: 3, bias: .nan)
        let artifact = ModelArtifact(
            version: "numb", kind: SmallModels.sequence.kind, featureSet: featureSet.id, weights: network)
        var serving = Serving(SmallModels.both + [artifact])
        try serving.run(
            SyntheticFeed(seed: 10, bars: 3, controls: [0: [activation("champion", "numb")]]).batches)
        #expect(serving.anomalies.count == 1 && serving.inference.stage.aliases.isEmpty)
        #expect(serving.anomalies.first?.detail.contains("model numb for champion was refused: answer") == true)
    }

    // MARK: Histories

    @Test("The rows of another list of features are no past of a new one")
    func changedFeatureSet() throws {
        let network = try formerNetwork(window: 3)
        let artifact = ModelArtifact(
            version: "a", kind: SmallModels.sequence.kind, featureSet: featureSet.id, weights: network)
        let other = FeatureSetID(7)
        var runner = StageRunner(
            InferenceStage { _ in artifact }, inputs: Topology.inputs(of: Topology.inferenceServer))
        var emitted: [Event] = []
        for hour in 0..<6 {
            let made = vector(hour: hour, price: 1)
            let given =
                hour >= 2
                ? made
                : FeatureVector(
                    instrument: made.instrument, timeframe: made.timeframe, openTime: made.openTime, asOf: made.asOf,
                    featureSet: other, referencePrice: 1, volatility: 1, values: [1, 2])
            let position = FeedPosition(UInt64(2 * hour + 2))
            let previous = FeedPosition(position.rawValue - 1)
            var events = [Event(position: position, .features(given))]
            if hour == 0 { events.insert(Event(position: position, .control(activation("champion", "a"))), at: 0) }
            emitted += try runner.run(
                [events], closing: Watermark(position: position.next, previous: previous, time: made.asOf))
        }
        let times = emitted.compactMap { event -> UnixNanos? in
            guard case .prediction(let prediction) = event.message else { return nil }
            return prediction.openTime
        }
        #expect(times == [4, 5].map { vector(hour: $0, price: 1).openTime })
    }

    @Test("A signal is full at the probabilities 0.35 and 0.65, and nothing at one half")
    func signal() {
        for (probability, strength, confidence) in [
            (0.5, 0.0, 0.0), (0.65, 2, 0.3), (0.35, -2, 0.3), (0.575, 1, 0.15), (1, 2, 1), (0, -2, 1),
        ] {
            let signal = DirectionSignal(probability: probability)
            #expect(abs(signal.strength - strength) < 1e-12)
            #expect(abs(signal.confidence - confidence) < 1e-12)
        }
    }
}
