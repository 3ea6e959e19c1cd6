import Features
import Foundation
import Market
import Models
import Pipeline
import Schema
import Testing

@Suite("A kind of model that somebody adds")
struct AddedKindTests {
    private let catalogue = ModelCatalogue(ModelCatalogue.standard.kinds + [MomentumKind.self])

    /// Hours whose direction goes on three times in four.
    private func market(_ hours: Int) -> [FeatureVector] {
        var random = SplitMix64(seed: 4)
        let column = featureSet.names.firstIndex(of: "momentum_5") ?? 0
        var (price, wasUp) = (1000.0, true)
        return (0..<hours).map { hour in
            let isUp = random.share() < 0.75 ? wasUp : !wasUp
            price *= isUp ? 1.01 : 1 / 1.01
            wasUp = isUp
            var values = Array(repeating: 0.0, count: featureSet.count)
            values[column] = isUp ? 0.01 : -0.01
            return vector(hour: hour, price: price, values: values)
        }
    }

    @Test("It is fitted, named, kept and served as any other, and says what it has learned")
    func served() throws {
        let order = try FittingOrder(catalogue.kind(named: "momentum"), settings: #"{"memory":500}"#)
        #expect(order.window == 1 && order.horizon == 0 && order.settings == #"{"memory":500}"#)
        var (steps, saved) = (0, 0)
        let weights = try order.fit(
            task(dataset(market(1000), for: order)),
            FittingWatch(step: { _ in steps += 1 }, save: { _, _ in saved += 1 }))
        #expect(steps == 1 && saved == 1)
        #expect(order.version(of: weights).hasPrefix("momentum-"))

        let artifact = ModelArtifact(
            version: "mine", kind: order.kind, featureSet: featureSet.id, weights: weights)
        var serving = Serving([artifact])
        try serving.run(SyntheticFeed(seed: 5, bars: 160, controls: [0: [activation("champion", "mine")]]).batches)
        let said = Set(serving.predictions.map(\.probability))
        #expect(said.count == 2 && serving.anomalies.isEmpty)
        #expect(said.allSatisfy { abs($0 - 0.75) < 0.06 || abs($0 - 0.25) < 0.06 }, "\(said)")
    }

    @Test("Its settings are checked, and bytes that it did not write are refused")
    func refused() throws {
        let error = #expect(throws: TrainingError.self) {
            try FittingOrder(catalogue.kind(named: "momentum"), settings: #"{"memory":-1}"#)
        }
        #expect(error?.description.contains("memory must not be negative") == true)
        for text in ["", "0.5", "2 0 3", "0.5 3 3", "0.5 x 3"] {
            #expect(throws: TrainingError.self) { try MomentumKind.model(from: Array(text.utf8)) }
        }
    }

    @Test("The guide's text is the text that these tests compile")
    func guide() throws {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let compiled = try String(contentsOf: here.appendingPathComponent("MomentumKind.swift"), encoding: .utf8)
        let guide = try String(
            contentsOf: here.appendingPathComponent("../../../CONTRIBUTING.md"), encoding: .utf8)
        let code = try #require(compiled.range(of: "import Models\n\n").map { compiled[$0.upperBound...] })
        #expect(guide.contains("```swift\n\(code)```\n"))
    }
}
