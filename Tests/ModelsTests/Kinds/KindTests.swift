import Features
import Models
import Schema
import Tensor
import TestTraits
import Testing

@Suite("Kinds of model", .serialized, .longWork, .timeLimit(.minutes(20)))
struct KindTests {
    private struct Killed: Error {}

    static let names = ModelCatalogue.standard.names
    /// In place of the small settings, where something is to be learned.
    private static let learning = [
        "xgboost": #"{"rounds":60}"#,
        "lstm-cnn":
            #"{"shape":{"channels":[8],"hidden":8,"fusion":8},"training":{"epochs":15,"learningRate":0.01,"batchSize":32}}"#,
        "tft":
            #"{"shape":{"width":16,"dropout":0},"training":{"epochs":16,"learningRate":0.005,"batchSize":32,"patience":16}}"#,
    ]

    /// The share of the calls on other hours that were right.
    private func accuracy(_ order: FittingOrder, _ data: Dataset, on test: Dataset) throws -> Double {
        let model = try order.kind.model(from: order.fit(task(data)))
        let samples = Array(test.samples.indices)
        let probabilities = try model.probabilities(of: test.inputs(samples, length: model.window))
        let right = zip(probabilities, test.samples).count { ($0 > 0.5) == $1.answer.isUp }
        return Double(right) / Double(samples.count)
    }

    static func order(learning model: String) throws -> FittingOrder {
        try SmallModels.order(
            model, Self.learning[model] ?? #"{"training":{"epochs":15,"learningRate":0.01,"batchSize":32}}"#)
    }

    @Test("A planted edge is learned, and holds on other rows", arguments: names)
    func learns(model: String) throws {
        let order = try Self.order(learning: model)
        let accuracy = try accuracy(
            order, planted(1200, seed: 1, for: order), on: planted(800, seed: 2, for: order))
        #expect(accuracy > 0.85, "\(model): \(accuracy)")
    }

    @Test("A network trained in bfloat16 learns a planted edge too, with other bits, and predicts in float32")
    func bfloat16() throws {
        let precise = try Self.order(learning: "lstm")
        let rough = try FittingOrder(
            precise.kind,
            settings: #"{"window":8,"shape":{"hidden":4},"training":{"epochs":15,"learningRate":0.01,"batchSize":32,"#
                + #""precision":"bfloat16"}}"#)
        let (data, test) = (planted(1200, seed: 1, for: precise), planted(800, seed: 2, for: precise))
        #expect(try accuracy(rough, data, on: test) > 0.85)
        let (weights, other) = (try rough.fit(task(data)), try precise.fit(task(data)))
        #expect(weights != other && weights.count == other.count)
        #expect(try rough.fit(task(data)) == weights)
    }

    @Test("A column without an edge is not taken for one", arguments: names)
    func chance(model: String) throws {
        let order = try SmallModels.order(model)
        let accuracy = try accuracy(
            order, planted(600, seed: 3, truth: 0.5, for: order), on: planted(2000, seed: 4, truth: 0.5, for: order))
        // Five standard deviations of a coin.
        #expect(abs(accuracy - 0.5) < 0.056, "\(model): \(accuracy)")
    }

    @Test(
        "Five classes of moves are learned, and tell directions",
        arguments: ["xgboost", "lstm-cnn", "multi-timeframe", "enhanced-transformer"])
    func moves(model: String) throws {
        let order = try Self.order(learning: model)
        let labelling = Labelling.moves(after: Timeframe.hour1.nanoseconds, bounds: .standard)
        let accuracy = try accuracy(
            order, planted(1200, seed: 5, for: order, labelling: labelling),
            on: planted(800, seed: 6, for: order, labelling: labelling))
        #expect(accuracy > 0.85, "\(model): \(accuracy)")
    }

    @Test(
        "Absurd values where a fit does not look change nothing of a model, and in those of the validation not its scaler",
        arguments: names)
    func fittedToTraining(model: String) throws {
        let order = try SmallModels.order(model)
        func fitted(_ absurd: Range<Int>) throws -> [UInt8] {
            let data = planted(700, seed: 8, absurd: absurd, for: order)
            let known = data.samples.indices.filter { data.samples[$0].row < 550 }
            let parts = data.parts(of: known)
            return try order.fit(FittingTask(data, training: parts.training, validation: parts.validation, seed: 1))
        }
        let plain = try fitted(0..<0)
        #expect(try fitted(570..<700) == plain)
        #expect(try fitted(300..<350) != plain)
    }

    @Test("A fit that is killed at every checkpoint gives the weights of one that is not", arguments: names)
    func resume(model: String) throws {
        let order = try SmallModels.order(model, model == "xgboost" ? #"{"rounds":60}"# : #"{"training":{"epochs":4}}"#)
        let task = try task(planted(400, seed: 4, for: order), seed: 9)
        var shares: [Double] = []
        let straight = try order.fit(task, FittingWatch(save: { shares.append($1) }))
        #expect(shares.count >= 4 && shares == shares.sorted() && shares.last == 1)
        var (checkpoint, kills): ([UInt8]?, Int) = (nil, 0)
        while true {
            do {
                let resumed = try order.fit(
                    task,
                    FittingWatch(
                        continuing: checkpoint,
                        save: { bytes, _ in
                            checkpoint = bytes
                            kills += 1
                            throw Killed()
                        }))
                #expect(resumed == straight)
                break
            } catch is Killed {}
        }
        #expect(kills == shares.count)
    }

    @Test("A fit that is killed between two checkpoints gives the weights of one that is not", arguments: names)
    func killedInStep(model: String) throws {
        let order = try SmallModels.order(model)
        let task = try task(planted(400, seed: 5, for: order), seed: 2)
        let straight = try order.fit(task)
        var steps: [TrainingStep] = []
        _ = try order.fit(task, FittingWatch(step: { steps.append($0) }))
        #expect(steps.last?.progress == 1 && steps.map(\.progress) == steps.map(\.progress).sorted())
        #expect(steps.allSatisfy { $0.loss.isFinite } && steps.contains { $0.validationLoss != nil })
        var (checkpoint, count): ([UInt8]?, Int) = (nil, 0)
        #expect(throws: Killed.self) {
            try order.fit(
                task,
                FittingWatch(
                    step: { _ in
                        count += 1
                        if count == steps.count * 3 / 4 { throw Killed() }
                    },
                    save: { bytes, _ in checkpoint = bytes }))
        }
        #expect(checkpoint != nil)
        #expect(try order.fit(task, FittingWatch(continuing: checkpoint)) == straight)
    }

    @Test("Another seed gives another model, the same the same", arguments: names)
    func seeds(model: String) throws {
        let order = try SmallModels.order(model)
        let data = planted(300, seed: 6, for: order)
        let versions = try [1, 2, 1].map { try order.version(of: order.fit(task(data, seed: $0))) }
        #expect(versions[0] == versions[2] && versions[0] != versions[1])
        #expect(versions[0].hasPrefix("\(model)-"))
    }

    @Test("A checkpoint of another order, other samples or another seed is refused", arguments: names)
    func foreignCheckpoint(model: String) throws {
        let order = try SmallModels.order(model)
        let data = planted(300, seed: 7, for: order)
        var checkpoint: [UInt8] = []
        _ = try order.fit(task(data), FittingWatch(save: { bytes, _ in checkpoint = bytes }))
        let other = try SmallModels.order(model, model == "xgboost" ? #"{"rounds":31}"# : #"{"balanced":true}"#)
        let strangers = try [
            (other, task(data)), (order, task(data, seed: 2)), (order, task(planted(300, seed: 8, for: order))),
            (order, task(data, threads: 2)),
        ]
        for (order, task) in strangers {
            #expect(throws: TrainingError.foreignCheckpoint) {
                try order.fit(task, FittingWatch(continuing: checkpoint))
            }
        }
        #expect(throws: TrainingError.foreignCheckpoint) {
            try order.fit(task(data), FittingWatch(continuing: [1, 2]))
        }
    }

    @Test(
        "A network is fitted on its task's device and goes on with no other's checkpoint; trees know of none",
        arguments: names)
    func device(model: String) throws {
        let order = try SmallModels.order(model)
        let plain = try task(planted(300, seed: 12, for: order))
        var there = plain
        there.device = .cuda(99)
        var checkpoint: [UInt8] = []
        let weights = try order.fit(plain, FittingWatch(save: { bytes, _ in checkpoint = bytes }))
        if model == "xgboost" {
            #expect(try order.fit(there, FittingWatch(continuing: checkpoint)) == weights)
        } else {
            #expect(throws: TensorError.self) { try order.fit(there) }
            #expect(throws: TrainingError.foreignCheckpoint) {
                try order.fit(there, FittingWatch(continuing: checkpoint))
            }
        }
    }

    // MARK: Serving

    @Test("A window's probability has the same bits wherever it stands, whatever stands beside it", arguments: names)
    func fixedBatch(model: String) throws {
        let order = try SmallModels.order(model)
        let data = planted(300, seed: 10, for: order)
        let served = try order.kind.model(from: order.fit(task(data)))
        #expect(served.window <= order.window && served.features == featureSet.count)
        let all = try served.probabilities(of: data.inputs(data.samples.indices, length: served.window))
        #expect(all.count == data.samples.count && all.allSatisfy { $0 >= 0 && $0 <= 1 })
        for samples in [[5], [5, 250], Array(5..<22), [250, 5, 5]] {
            let some = try served.probabilities(of: data.inputs(samples, length: served.window))
            #expect(some.map(\.bitPattern) == samples.map { all[$0].bitPattern })
        }
        #expect(try served.probabilities(of: ModelInputs()).isEmpty)
    }

    @Test("What is no file of a kind is refused, and so is one that was cut off", arguments: names)
    func damaged(model: String) throws {
        let order = try SmallModels.order(model)
        let bytes = try order.fit(task(planted(300, seed: 11, for: order)))
        for damaged in [[], [1, 2, 3], Array(bytes.dropLast(bytes.count / 3))] {
            #expect(throws: (any Error).self) { try order.kind.model(from: damaged) }
        }
        let other = model == "lstm" ? "transformer" : "lstm"
        #expect(throws: (any Error).self) { try ModelCatalogue.standard.kind(named: other).model(from: bytes) }
    }

    // MARK: Orders

    @Test("Settings replace the kind's own one by one, and a quick order is smaller", arguments: names)
    func settings(model: String) throws {
        let kind = try ModelCatalogue.standard.kind(named: model)
        let (full, quick) = (try FittingOrder(kind), try FittingOrder(kind, isQuick: true))
        #expect(model == "logistic-regression" ? full.settings == quick.settings : full.settings != quick.settings)
        #expect(quick.window <= full.window && full.window <= InferenceStage.longestWindow)
        #expect(try FittingOrder(kind, settings: full.settings).settings == full.settings)
        let key = model == "xgboost" ? "rounds" : "predictionBatch"
        #expect(try FittingOrder(kind, settings: #"{"\#(key)":7}"#).settings.contains(#""\#(key)":7"#))
        for (json, reason) in [
            (#"{"\#(key)":0}"#, key), (#"{"\#(key)":"x"}"#, key), (#"{"nonsense":1}"#, "no setting nonsense"),
            ("[1]", "no JSON object"), ("{", "no JSON object"),
        ] {
            let error = #expect(throws: TrainingError.self) { try FittingOrder(kind, settings: json) }
            #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        }
    }

    @Test("A form of a setting takes the place of another form, and a part of an object that of the same part")
    func forms() throws {
        let kind = try ModelCatalogue.standard.kind(named: "lstm")
        let order = try FittingOrder(
            kind, settings: #"{"training":{"epochs":3,"schedule":{"constant":{}}},"shape":{"hidden":5}}"#)
        for part in [#""schedule":{"constant":{}}"#, #""epochs":3"#, #""hidden":5"#, #""layers":1"#] {
            #expect(order.settings.contains(part), "\(order.settings)")
        }
        for json in [#"{"training":{"nonsense":1}}"#, #"{"training":{"schedule":{"nonsense":{}}}}"#] {
            #expect(throws: TrainingError.self) { try FittingOrder(kind, settings: json) }
        }
    }

    @Test("A name that no kind has is refused with those that there are")
    func unknown() {
        let error = #expect(throws: TrainingError.self) { try ModelCatalogue.standard.kind(named: "magic") }
        #expect(error?.description.contains("\"magic\"; there are xgboost, tft") == true)
    }

    @Test("Too few samples are refused with their numbers")
    func tooFew() throws {
        let order = try SmallModels.order("xgboost")
        #expect(throws: TrainingError.tooFewSamples(training: 84, validation: 15)) {
            try task(planted(101, seed: 1, for: order))
        }
    }
}
