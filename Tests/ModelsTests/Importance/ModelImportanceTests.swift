import Foundation
import Learning
import Schema
import Synchronization
import TestTraits
import Testing

@testable import Models

@Suite("What a model goes by", .serialized, .longWork, .timeLimit(.minutes(20)))
struct ModelImportanceTests {
    private let budget = PermutationImportance.Budget(samples: 40, repeats: 2, rows: .max)

    private func fitted(
        _ model: String, noise: Int = 3
    ) throws -> (model: any DirectionModel, task: FittingTask, weights: [UInt8]) {
        let order = try KindTests.order(learning: model)
        let task = try task(planted(1200, seed: 1, noise: noise, for: order))
        let weights = try order.fit(task)
        return (try order.kind.model(from: weights), task, weights)
    }

    @Test("The gain of trees is XGBoost's, in shares, and what is planted has most of it")
    func gain() throws {
        let (model, task, weights) = try fitted("xgboost")
        let found = try ModelImportance(of: model, task, budget)
        let gain = try #require(found.own.first)
        #expect(found.own.count == 1 && gain.measure == "gain")
        #expect(gain.shares[0].name == task.data.names[0] && gain.shares[0].share > 0.5, "\(gain)")
        #expect(abs(gain.shares.reduce(0) { $0 + $1.share } - 1) < 1e-12)
        let scores = try GradientBoostedTrees(bytes: weights).importance()
        #expect(Set(gain.shares.map(\.name)) == Set(scores.keys))
        let ratio = try #require(scores[gain.shares[0].name]) / (try #require(scores[gain.shares[1].name]))
        #expect(abs(gain.shares[0].share / gain.shares[1].share - ratio) < 1e-9)
        #expect(found.permutation?.features[0].name == task.data.names[0])
    }

    @Test(
        "A temporal fusion transformer selects what is planted, and tells of its selection and of the bars it looks at")
    func selection() throws {
        let (model, task, _) = try fitted("tft")
        let own = try ModelImportance(of: model, task, budget).own
        #expect(own.map(\.measure) == ["selection of the past", "selection ahead", "attention"])
        #expect(own[0].shares[0].name == task.data.names[0], "\(own[0].shares.prefix(5))")
        #expect(Set(own[1].shares.map(\.name)) == Set(WindowBatch.calendarNames))
        // Eight rows back, three bars ahead; a bar's own future is masked, not left out.
        #expect(Set(own[2].shares.map(\.name)) == Set((-7...3).map { "bar \($0)" }))
        for shares in own.dropFirst() { #expect(abs(shares.shares.reduce(0) { $0 + $1.share } - 1) < 1e-6) }
    }

    @Test("Shares over many batches are the means over all samples")
    func meanShares() throws {
        let (model, task, _) = try fitted("tft")
        func shares(_ samples: Range<Int>) throws -> [String: Double] {
            let own = try model.shares(on: task.data.inputs(samples, length: model.window))[0]
            return Dictionary(uniqueKeysWithValues: own.shares.map { ($0.name, $0.share) })
        }
        // A batch has eight windows, the last one here four.
        let (all, parts) = (try shares(0..<20), try (0..<20).map { try shares($0..<$0 + 1) })
        for (name, share) in all {
            let mean = parts.reduce(0) { $0 + ($1[name] ?? .nan) } / 20
            #expect(abs(share - mean) < 1e-6, "\(name)")
        }
    }

    @Test("What is kept is bounded, and comes back from JSON as it was")
    func kept() throws {
        let shares = (0..<200).map { InputShares.Share(name: "f\($0)", share: $0 == 150 ? 0.5 : 0.5 / 199) }
        let largest = InputShares(measure: "gain", shares: shares).largest(64)
        #expect(largest.shares.count == 64 && largest.shares[0].name == "f150")
        #expect(largest.shares[1...].map(\.name) == largest.shares[1...].map(\.name).sorted())
        let (model, task, _) = try fitted("xgboost")
        let found = try ModelImportance(of: model, task, budget, kept: 2)
        #expect(found.permutation?.features.count == 2 && found.own.map(\.shares.count) == [2])
        #expect(try JSONDecoder().decode(ModelImportance.self, from: JSONEncoder().encode(found)) == found)
    }

    @Test("A model without a measure of its own tells none")
    func none() throws {
        let (model, task, _) = try fitted("logistic-regression")
        #expect(try ModelImportance(of: model, task, budget).own.isEmpty)
    }

    @Test("It is asked about validation samples alone, by permutation and by its own measures")
    func validation() throws {
        let (model, task, _) = try fitted("xgboost")
        let listening = ListeningModel(model: model)
        _ = try ModelImportance(of: listening, task, budget)
        let asked = listening.asked.withLock { $0 }
        let allowed = Set(task.validation.map { task.data.moments[task.data.samples[$0].row] })
        #expect(asked.count > 40 && asked.isSubset(of: allowed))
    }

    /// Notes what it is asked about.
    private final class ListeningModel: DirectionModel {
        let model: any DirectionModel
        let asked = Mutex<Set<UnixNanos>>([])
        var window: Int { model.window }
        var features: Int { model.features }

        init(model: any DirectionModel) { self.model = model }

        func probabilities(of inputs: ModelInputs) throws -> [Float] {
            asked.withLock { $0.formUnion(inputs.moments) }
            return try model.probabilities(of: inputs)
        }

        func shares(on inputs: ModelInputs) throws -> [InputShares] {
            asked.withLock { $0.formUnion(inputs.moments) }
            return try model.shares(on: inputs)
        }
    }
}
