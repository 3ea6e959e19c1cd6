import Schema
import TestTraits
import Testing

@testable import Models

@Suite("Importance by permutation", .serialized, .longWork, .timeLimit(.minutes(20)))
struct PermutationImportanceTests {
    private struct Stopped: Error {}

    /// Says up by the sign of the first feature in a row of the window, and knows nothing else.
    private struct SignModel: DirectionModel {
        let window: Int
        let features: Int
        /// Of the window, 0 the oldest.
        let row: Int

        func probabilities(of inputs: ModelInputs) throws -> [Float] {
            (0..<inputs.count).map { inputs.windows[($0 * window + row) * features] > 0 ? 0.75 : 0.25 }
        }
    }

    private func data(_ hours: Int = 400, truth: Double = 0.9, window: Int = 1) throws -> Dataset {
        planted(
            hours, seed: 21, truth: truth, noise: 6,
            for: try SmallModels.order("lstm", #"{"window":\#(window)}"#))
    }

    private func budget(samples: Int = 200, repeats: Int = 4) -> PermutationImportance.Budget {
        PermutationImportance.Budget(samples: samples, repeats: repeats, rows: .max)
    }

    @Test("A feature counts what the model loses without it, and one that the model ignores counts exactly nothing")
    func signModel() throws {
        let data = try data()
        let model = SignModel(window: 1, features: data.columns, row: 0)
        let samples = Array(data.samples.indices)
        let found = try #require(
            try PermutationImportance.measured(
                model, on: data, samples: samples, budget(samples: 2000, repeats: 20), seed: 1))
        #expect(found.samples == samples.count && found.repeats == 20 && found.features.count == data.columns)
        let (first, rest) = (found.features[0], found.features.dropFirst())
        #expect(first.name == data.names[0] && rest.allSatisfy { $0.mean == 0 && $0.sd == 0 })
        #expect(rest.map(\.name) == rest.map(\.name).sorted())
        // A call is right in 0.9 of the cases; on a feature of another sample in 0.5. Each costs ln 3 when wrong.
        #expect(abs(first.mean - 0.4 * 1.0986) < 0.05 && first.sd > 0.005 && first.sd < 0.05, "\(first)")
    }

    @Test("A window's rows are exchanged together, the oldest as the newest", arguments: [0, 3, 7])
    func wholeWindow(row: Int) throws {
        let data = try data(truth: 0.5, window: 8)
        let model = SignModel(window: 8, features: data.columns, row: row)
        let inputs = data.inputs(0..<50, length: 8)
        let order = Array((0..<50).reversed())
        let exchanged = inputs.exchanging(0, of: data.columns, by: order)
        #expect(try model.probabilities(of: exchanged) == model.probabilities(of: inputs).reversed())
        // Nothing else moves.
        for (place, (old, new)) in zip(inputs.windows, exchanged.windows).enumerated() where old != new {
            #expect(place % data.columns == 0)
        }
        #expect(exchanged.moments == inputs.moments && exchanged.instruments == inputs.instruments)
    }

    @Test(
        "What is planted comes first, and noise lies within two standard deviations and 0.02 nats of nothing",
        arguments: KindTests.names)
    func learned(model: String) throws {
        let order = try KindTests.order(learning: model)
        let (data, other) = (
            planted(1200, seed: 1, noise: 3, for: order), planted(300, seed: 2, noise: 3, for: order)
        )
        let fitted = try order.kind.model(from: order.fit(task(data)))
        let found = try #require(
            try PermutationImportance.measured(
                fitted, on: other, samples: Array(other.samples.indices), budget(samples: 100, repeats: 3), seed: 5))
        let means = found.features.map { ($0.name, $0.mean, $0.sd) }
        #expect(found.features[0].name == other.names[0], "\(means)")
        #expect(found.features[0].mean > 0.2, "\(means)")
        for feature in found.features.dropFirst() {
            #expect(abs(feature.mean) <= 2 * feature.sd + 0.02, "\(feature)")
        }
    }

    @Test("The same seed gives the same bits, another seed others")
    func seeds() throws {
        let data = try data(truth: 0.7)
        let model = SignModel(window: 1, features: data.columns, row: 0)
        let found = try [1, 1, 2].map { seed in
            try PermutationImportance.measured(
                model, on: data, samples: Array(data.samples.indices), budget(), seed: seed)
        }
        #expect(found[0] == found[1] && found[0] != found[2])
    }

    @Test("The budget bounds samples and rows, and where it buys too few nothing is measured")
    func bounds() throws {
        let budget = PermutationImportance.Budget(samples: 500, repeats: 3, rows: 30_000)
        #expect(budget.samples(of: 10_000, window: 1, columns: 10) == 500)
        #expect(budget.samples(of: 120, window: 1, columns: 10) == 120)
        // 20 · 5 · 100 · 3 rows.
        #expect(budget.samples(of: 10_000, window: 5, columns: 100) == 20)
        #expect(budget.samples(of: 10_000, window: 6, columns: 100) == nil)
        let data = try data()
        let model = SignModel(window: 1, features: data.columns, row: 0)
        let dear = PermutationImportance.Budget(samples: 500, repeats: 1, rows: 19 * data.columns)
        #expect(
            try PermutationImportance.measured(
                model, on: data, samples: Array(data.samples.indices), dear, seed: 1) == nil)
    }

    @Test("It tells of every feature, and whoever listens may stop it")
    func watched() throws {
        let data = try data()
        let model = SignModel(window: 1, features: data.columns, row: 0)
        var told: [Int] = []
        #expect(throws: Stopped.self) {
            try PermutationImportance.measured(
                model, on: data, samples: Array(data.samples.indices), budget(), seed: 1
            ) { done, total in
                #expect(total == data.columns)
                told.append(done)
                if done == 3 { throw Stopped() }
            }
        }
        #expect(told == [1, 2, 3])
    }
}
