import Learning
import Models
import Schema
import Tensor
import Testing

@Suite("What networks look at")
struct NetworkAttentionTests {
    private var random = SplitMix64(seed: 4)
    private var pass = ForwardPass.prediction

    @Test("A forecast of step t depends on the past and on the horizon up to t, and on nothing after")
    mutating func forecastIsCausal() throws {
        let fixture = try NetworkFixture("temporal-fusion-transformer")
        let (model, inputs) = (try fixture.loaded(), try fixture.inputs)
        let before = try #require(outputs(of: model, inputs, &pass)["quantiles"])
        let (samples, horizon, known) = (3, 4, 2)
        for step in 0..<horizon {
            var values = try #require(inputs["future"]).floats()
            for sample in 0..<samples { values[(sample * horizon + step) * known] += 3 }
            var changed = inputs
            changed["future"] = try Tensor(values, shape: [samples, horizon, known])
            let after = try #require(outputs(of: model, changed, &pass)["quantiles"])
            for other in 0..<horizon {
                let pair = try [before, after].map { try $0.selected(dimension: 1, index: other).floats() }
                #expect((pair[0] == pair[1]) == (other < step), "step \(step), output \(other)")
            }
        }
    }

    @Test("Patterns at every scale are of the steps up to their own")
    mutating func scalesAreCausal() throws {
        let model = try #require(NetworkFixture("multi-scale-lstm-cnn").loaded() as? MultiScaleLSTMCNN)
        var values = random.values(12 * 3)
        let before = try model.patterns(Tensor(values, shape: [1, 12, 3])).floats()
        values[7 * 3] += 3
        let after = try model.patterns(Tensor(values, shape: [1, 12, 3])).floats()
        let width = 12
        #expect(after[..<(7 * width)] == before[..<(7 * width)])
        // Each of the three scales sees its newest step.
        for scale in 0..<3 {
            let place = 7 * width + scale * 4
            #expect(after[place..<(place + 4)] != before[place..<(place + 4)], "scale \(scale)")
        }
    }

    @Test("At equal scores the newest key gets the most weight, and each older one less", arguments: [2, 24, 250])
    func recency(length: Int) throws {
        let weights = try TemporalBias.recent(length, type: .float64).softmax(dimension: 1).doubles()
        #expect(zip(weights, weights.dropFirst()).allSatisfy { $0 < $1 })
        // e^(1 - e⁻²) of golden/05_decay_transformer, the other way round.
        #expect(abs(weights[length - 1] / weights[0] - 2.374) < 1e-3)
    }

    @Test("Attention without scores of its own looks at the newest step most, in the encoder as in the bias")
    mutating func recencyInAttention() throws {
        let attention = try MultiheadAttention(width: 4, heads: 2, using: &random)
        // Queries and keys of zero score all keys alike.
        try attention.parameters[0].value.assign(Tensor.zeros([12, 4]))
        let x = try Tensor(random.values(2 * 9 * 4), shape: [2, 9, 4])
        let weights = try attention.weighted(x, x, mask: TemporalBias.recent(9), &pass).weights.doubles()
        for row in stride(from: 0, to: weights.count, by: 9) {
            let keys = weights[row..<(row + 9)]
            #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test("Weights of a forecast are shares: of variables by name, and of steps, none after the forecast's own")
    mutating func importance() throws {
        let fixture = try NetworkFixture("temporal-fusion-transformer")
        let model = try #require(fixture.loaded() as? TemporalFusionTransformer)
        let inputs = try fixture.inputs
        let forecast = try model(
            statics: #require(inputs["statics"]), past: #require(inputs["past"]), future: #require(inputs["future"]),
            &pass)
        let importance = try model.importance(of: forecast)
        #expect(importance.statics.map(\.name) == ["s", "t"])
        #expect(importance.past.map(\.name) == ["a", "b", "c", "k", "l"])
        #expect(importance.future.map(\.name) == ["k", "l"])
        for shares in [importance.statics, importance.past, importance.future].map({ $0.map(\.share) })
            + [importance.steps]
        {
            #expect(abs(shares.reduce(0, +) - 1) < 1e-6)
            #expect(Set(shares).count == shares.count)
        }
        let third = try forecast.pastWeights.selected(dimension: 2, index: 2).mean().item()
        #expect(abs(importance.past[2].share - third) < 1e-6)
        #expect(importance.steps.count == 9 + 4)
        let first = try forecast.attention.selected(dimension: 2, index: 0).selected(dimension: 2, index: 10).floats()
        #expect(first.allSatisfy { $0 == 0 })
    }

    @Test("Assets listen to each other: another asset's window changes what is said of this one")
    mutating func assets() throws {
        let fixture = try NetworkFixture("enhanced-transformer-assets")
        let model = try fixture.loaded()
        var values = try #require(fixture.inputs["x"]).floats()
        let before = try #require(outputs(of: model, fixture.inputs, &pass)["direction"]).floats()
        // The first sample's second asset.
        for place in (17 * 3)..<(2 * 17 * 3) { values[place] += 1 }
        let after = try #require(
            outputs(of: model, ["x": Tensor(values, shape: [3, 2, 17, 3])], &pass)["direction"]
        ).floats()
        #expect(after[0] != before[0] && after[1] != before[1])
        #expect(after[2...] == before[2...])
    }

    @Test("The volatility is above zero, whatever the window")
    mutating func volatility() throws {
        let fixture = try NetworkFixture("enhanced-transformer")
        let model = try fixture.loaded()
        let x = try Tensor(random.values(64 * 17 * 3).map { $0 * 10 }, shape: [64, 17, 3])
        #expect(try #require(outputs(of: model, ["x": x], &pass)["volatility"]).floats().allSatisfy { $0 > 0 })
    }
}

extension SplitMix64 {
    /// Numbers in -1 ..< 1.
    fileprivate mutating func values(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(Double(Int64(bitPattern: next())) * 0x1p-63) }
    }
}
