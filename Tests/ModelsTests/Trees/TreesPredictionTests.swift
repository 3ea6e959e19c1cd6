import Foundation
import Schema
import TestKit
import Testing

@testable import Models

@Suite("Predictions of gradient-boosted trees against XGBoost's, bit for bit")
struct TreesPredictionTests {
    private typealias Samples = GradientBoostedTrees.Samples
    private typealias Configuration = GradientBoostedTrees.Configuration

    /// Two columns with an edge, one of noise, one of few values, and a constant; a tenth of all is missing or infinite.
    private static let columns = ["a", "b", "noise", "few", "constant"]

    private static func samples(_ count: Int, seed: UInt64) -> Samples {
        var random = SplitMix64(seed: seed)
        var (rows, labels): ([Float], [Float]) = ([], [])
        for _ in 0..<count {
            let (a, b) = (Float.random(in: -1...1, using: &random), Float.random(in: -1...1, using: &random))
            let noise = Float.random(in: -1...1, using: &random)
            let few = Float(Int.random(in: -2...2, using: &random))
            labels.append(a * few + b + noise * Float.random(in: -1...1, using: &random) > 0.3 ? 1 : 0)
            rows += [a, b * 1e30, noise * 1e-30, few, 1].map { Int.random(in: 0..<10, using: &random) > 0 ? $0 : .nan }
            if labels.count.isMultiple(of: 50) { rows[rows.count - Int.random(in: 2...5, using: &random)] = -.infinity }
        }
        return Samples(rows: rows, labels: labels)
    }

    /// Rows of thresholds of the model's own, their neighbours, other numbers, and numbers that are none.
    private static func hardRows(_ count: Int, for model: TreesModel, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        var thresholds = [[Float]](repeating: [0], count: model.columns.count)
        for tree in model.learner.gradientBooster.model.trees {
            for node in tree.leftChildren.indices where tree.leftChildren[node] >= 0 {
                thresholds[tree.splitIndices[node]].append(tree.splitConditions[node])
            }
        }
        let strange: [Float] = [.nan, .infinity, -.infinity, .signalingNaN, 0, -0.0, .leastNonzeroMagnitude]
        return (0..<count).flatMap { _ in
            thresholds.map { ofColumn in
                let threshold = ofColumn[Int.random(in: 0..<ofColumn.count, using: &random)]
                switch Int.random(in: 0..<6, using: &random) {
                case 0: return threshold
                case 1: return threshold.nextUp
                case 2: return threshold.nextDown
                case 3: return strange[Int.random(in: 0..<strange.count, using: &random)]
                case 4: return Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random))
                default: return threshold * Float.random(in: 0...2, using: &random)
                }
            }
        }
    }

    /// Expects XGBoost's bits from `model`, by its first `rounds` rounds (0: by all), and gives the margins.
    @discardableResult
    private static func expectEqual(
        _ model: GradientBoostedTrees, _ rows: [Float], rounds: Int = 0, _ comment: Comment? = nil,
        at location: SourceLocation = #_sourceLocation
    ) throws -> [Float] {
        let reference = try XGBoostReference(model.bytes())
        let columns = model.columns.count
        func bits(_ numbers: [Float]) -> [UInt32] { numbers.map(\.bitPattern) }
        let margins = try reference.predict(rows, columns: columns, margin: true, rounds: rounds)
        let probabilities = try reference.predict(rows, columns: columns, margin: false, rounds: rounds)
        #expect(try bits(model.margins(rows: rows)) == bits(margins), comment, sourceLocation: location)
        #expect(try bits(model.predict(rows: rows)) == bits(probabilities), comment, sourceLocation: location)
        let alone = try stride(from: 0, to: rows.count, by: columns).prefix(100).map {
            try model.predict(Array(rows[$0..<($0 + columns)]))
        }
        #expect(bits(alone) == bits(Array(probabilities.prefix(100))), comment, sourceLocation: location)
        return margins
    }

    @Test("Trees of every depth, at their thresholds, beside them and without values", arguments: 1...8)
    func depths(_ depth: Int) throws {
        // Not a multiple of four, which are walked at once.
        let configuration = Configuration(rounds: 119 + depth, maximumDepth: depth, learningRate: 0.1, seed: 3)
        let model = try GradientBoostedTrees.train(
            Self.samples(1500, seed: UInt64(depth)), columns: Self.columns, configuration: configuration)
        let read = try TreesModel(json: model.bytes())
        let trees = read.learner.gradientBooster.model.trees
        #expect(trees.count == 119 + depth)
        #expect(Set(trees.flatMap { tree in tree.splitIndices.indices.map { tree.splitIndices[$0] } }).count >= 4)
        #expect(Set(trees.flatMap(\.defaultLeft.areSet)).count == 2)
        let margins = try Self.expectEqual(model, Self.hardRows(12_500, for: read, seed: UInt64(depth)))
        #expect(Set(margins).count > 20)
        let loaded = try GradientBoostedTrees(bytes: model.bytes())
        let rows = Self.hardRows(200, for: read, seed: 99)
        #expect(try loaded.margins(rows: rows) == model.margins(rows: rows))
    }

    @Test("Trees of unequal depth, some of one leaf")
    func unequalDepths() throws {
        let configuration = Configuration(rounds: 130, maximumDepth: 7, learningRate: 0.3, minimumGain: 4, seed: 3)
        let model = try GradientBoostedTrees.train(
            Self.samples(1500, seed: 1), columns: Self.columns, configuration: configuration)
        let read = try TreesModel(json: model.bytes())
        let sizes = read.learner.gradientBooster.model.trees.map(\.leftChildren.count)
        #expect(sizes.contains(1) && Set(sizes).count > 5)
        try Self.expectEqual(model, Self.hardRows(2000, for: read, seed: 2))
    }

    @Test("Rare positives that weigh more, labels that are all the same, and hundreds of rounds")
    func baseScores() throws {
        let samples = Self.samples(600, seed: 1)
        var balanced = Configuration(rounds: 400, maximumDepth: 3, seed: 3)
        balanced.balanced = true
        for labels in [
            samples.labels.enumerated().map { $0.offset.isMultiple(of: 9) ? $0.element : 0 },
            samples.labels.map { _ in 0 }, samples.labels.map { _ in 1 },
        ] {
            let model = try GradientBoostedTrees.train(
                Samples(rows: samples.rows, labels: labels), columns: Self.columns, configuration: balanced)
            let rows = Self.hardRows(1000, for: try TreesModel(json: model.bytes()), seed: 2)
            try Self.expectEqual(model, rows, "\(labels.reduce(0, +)) positives")
        }
    }

    @Test("The rounds up to the best, after training and after loading")
    func bestRound() throws {
        var random = SplitMix64(seed: 5)
        let (honest, validation) = (Self.samples(400, seed: 1), Self.samples(400, seed: 2))
        let noisy = honest.labels.map { Int.random(in: 0..<3, using: &random) > 0 ? $0 : 1 - $0 }
        var losses: [Double] = []
        let model = try GradientBoostedTrees.train(
            Samples(rows: honest.rows, labels: noisy), columns: Self.columns, validation: validation,
            configuration: Configuration(rounds: 200, maximumDepth: 5, learningRate: 0.2, patience: 7),
            progress: { round, _ in losses.append(try #require(round.validationLoss)) })
        let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
        #expect(losses.count == best + 8)
        let rows = Self.hardRows(1000, for: try TreesModel(json: model.bytes()), seed: 3)
        try Self.expectEqual(model, rows, rounds: best + 1)
        try Self.expectEqual(GradientBoostedTrees(bytes: model.bytes()), rows, rounds: best + 1)
        let all = try XGBoostReference(model.bytes()).predict(rows, columns: 5, margin: true)
        #expect(try model.margins(rows: rows) != all)
    }

    @Test("The checkpoint of a round predicts by the rounds so far, and growing on from it by all")
    func checkpoints() throws {
        struct Stopped: Error {}
        let samples = Self.samples(300, seed: 1)
        let configuration = Configuration(rounds: 12, maximumDepth: 4, seed: 3)
        var checkpoint: [UInt8] = []
        #expect(throws: Stopped.self) {
            try GradientBoostedTrees.train(samples, columns: Self.columns, configuration: configuration) {
                round, bytes in
                checkpoint = try bytes()
                let model = try GradientBoostedTrees(bytes: checkpoint)
                #expect(try model.rounds() == round.number)
                try Self.expectEqual(model, Array(samples.rows.prefix(500)), "round \(round.number)")
                if round.number == 7 { throw Stopped() }
            }
        }
        let half = try GradientBoostedTrees(bytes: checkpoint)
        let whole = try GradientBoostedTrees.train(
            samples, columns: Self.columns, configuration: configuration, continuing: half)
        try Self.expectEqual(whole, samples.rows)
        #expect(try whole.margins(rows: samples.rows) != half.margins(rows: samples.rows))
    }

    @Test("A model whose conditions are infinite is refused when it is made, since nobody could load it")
    func infiniteConditions() throws {
        // XGBoost's last condition is a value plus its magnitude.
        let rows = (0..<100).map { $0.isMultiple(of: 3) ? Float.nan : 3e38 }
        let labels = rows.map { $0.isNaN ? Float(1) : 0 }
        #expect(throws: TreesError.model("it is not XGBoost's JSON")) {
            try GradientBoostedTrees.train(
                Samples(rows: rows, labels: labels), columns: ["x"], configuration: Configuration(rounds: 1))
        }
    }

    @Test("Names that JSON escapes come back", arguments: ["a\"b", "back\\slash", "línea", "two\nlines", "tab\t", "🌳"])
    func names(_ name: String) throws {
        let samples = Self.samples(50, seed: 1)
        let columns = [name, "b", "c", "d", "e"]
        let model = try GradientBoostedTrees.train(
            samples, columns: columns, configuration: Configuration(rounds: 1))
        #expect(model.columns == columns)
        #expect(try GradientBoostedTrees(bytes: model.bytes()).columns == columns)
    }

    @Test("A model of XGBoost 1.7", .enabled(if: SharedData.folder != nil || SharedData.required))
    func olderVersion() throws {
        let folder = try #require(SharedData.folder, "the folder with the golden files is absent")
        let bytes = Array(try Data(contentsOf: folder.appending(path: "golden/06_xgb_model.json")))
        let model = try GradientBoostedTrees(bytes: bytes)
        try Self.expectEqual(model, Self.hardRows(5000, for: try TreesModel(json: bytes), seed: 4))
    }
}
