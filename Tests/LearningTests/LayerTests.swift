import Foundation
import Learning
import Schema
import Tensor
import TestKit
import Testing

@Suite("Layers")
struct LayerTests {
    @Test("The output's last step is the last hidden state of the upper layer")
    func lstmStates() throws {
        var random = SplitMix64(seed: 5)
        let layer = try LSTM(inputs: 2, hidden: 3, layers: 2, using: &random)
        let result = try layer(Tensor(random.floats(2 * 5 * 2), shape: [2, 5, 2]))
        #expect(result.output.shape == [2, 5, 3])
        #expect(result.cell.shape == [2, 2, 3])
        let last = try result.output.selected(dimension: 1, index: -1).floats()
        #expect(try result.hidden.selected(dimension: 0, index: 1).floats() == last)
    }

    @Test("Parameters have PyTorch's names and start inside PyTorch's bounds, the same for the same seed")
    func initialValues() throws {
        var random = SplitMix64(seed: 6)
        let layer = try LSTM(inputs: 5, hidden: 16, using: &random)
        let names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
        #expect(layer.parameters.map(\.name) == names)
        #expect(layer.parameters(of: "lstm").map(\.name) == names.map { "lstm.\($0)" })
        #expect(layer.parameterCount == 64 * 5 + 64 * 16 + 128)
        for (_, value) in layer.parameters {
            let extreme = try value.floats().map { abs($0) }.max() ?? 0
            #expect(extreme <= 0.25 && extreme > 0.2)
        }
        var same = SplitMix64(seed: 6)
        let again = try LSTM(inputs: 5, hidden: 16, using: &same)
        for (left, right) in zip(layer.parameters, again.parameters) {
            #expect(try left.value.floats() == right.value.floats())
        }
    }

    @Test("Dropout keeps the expectation, zeroes the stated share, and draws nothing when there is none")
    func dropout() throws {
        var random = SplitMix64(seed: 7)
        let ones = try Tensor.full(1, shape: [20_000])
        var pass = ForwardPass.training(random)
        let result = try Dropout(share: 0.25)(ones, &pass).floats()
        #expect(abs(Double(result.count { $0 == 0 }) / 20_000 - 0.25) < 0.02)
        #expect(result.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-6 })
        random = pass.random
        #expect(try Dropout(share: 0)(ones, &pass).floats() == ones.floats())
        #expect(pass.random == random)
        var prediction = ForwardPass.prediction
        #expect(try Dropout(share: 0.25)(ones, &prediction).floats() == ones.floats())
        #expect(prediction == .prediction)
    }

    @Test("Dropout draws from the pass: equal passes drop the same, and each layer leaves the pass further on")
    func dropoutSeeds() throws {
        let ones = try Tensor.full(1, shape: [1000])
        func dropped(_ pass: inout ForwardPass) throws -> [Float] { try Dropout(share: 0.5)(ones, &pass).floats() }
        var (first, same, other) = (
            ForwardPass.training(SplitMix64(seed: 1)), ForwardPass.sampling(SplitMix64(seed: 1)),
            ForwardPass.training(SplitMix64(seed: 2))
        )
        let once = try dropped(&first)
        #expect(try dropped(&same) == once)
        #expect(try dropped(&other) != once)
        #expect(try dropped(&first) != once)
    }

    @Test("Layers with dropout inside draw from the pass: what they give depends on it, and not when predicting")
    func dropoutInside() throws {
        var random = SplitMix64(seed: 11)
        let x = try Tensor(random.floats(2 * 6 * 4), shape: [2, 6, 4])
        let attention = try MultiheadAttention(width: 4, heads: 2, dropout: 0.5, using: &random)
        let interpretable = try InterpretableMultiHeadAttention(width: 4, heads: 2, dropout: 0.5, using: &random)
        let encoder = try TransformerEncoderLayer(width: 4, heads: 2, feedForward: 8, dropout: 0.5, using: &random)
        let gate = try GatedAddNorm(inputs: 4, outputs: 4, dropout: 0.5, using: &random)
        let residual = try GatedResidualNetwork(inputs: 4, hidden: 4, outputs: 4, dropout: 0.5, using: &random)
        let network = try TemporalConvolutionalNetwork(inputs: 4, hidden: 8, layers: 1, dropout: 0.5, using: &random)
        let layers: [(String, (inout ForwardPass) throws -> Tensor)] = [
            ("attention", { try attention(x, x, &$0) }), ("interpretable", { try interpretable(x, x, &$0).output }),
            ("encoder", { try encoder(x, &$0) }), ("gate", { try gate(x, skip: x, &$0) }),
            ("residual", { try residual(x, &$0) }), ("network", { try network(x, &$0) }),
        ]
        for (name, layer) in layers {
            func output(_ pass: ForwardPass) throws -> [Float] {
                var pass = pass
                return try layer(&pass).floats()
            }
            let first = try output(.training(SplitMix64(seed: 1)))
            #expect(try output(.training(SplitMix64(seed: 1))) == first, "\(name)")
            #expect(try output(.training(SplitMix64(seed: 2))) != first, "\(name)")
            #expect(try output(.prediction) != first, "\(name)")
        }
    }

    @Test("Batch norm learns its statistics in training alone; a sampling pass reads them")
    func batchNormPasses() throws {
        var random = SplitMix64(seed: 8)
        let layer = try BatchNorm1d(channels: 2, type: .float64)
        let x = try Tensor(random.doubles(2 * 2 * 3), shape: [2, 2, 3])
        func statistics() throws -> [[Double]] { try layer.buffers.map { try $0.value.doubles() } }
        var (prediction, sampling) = (ForwardPass.prediction, ForwardPass.sampling(random))
        let untrained = try layer(x, &prediction).doubles()
        #expect(try layer(x, &sampling).doubles() == untrained)
        #expect(try statistics() == [[0, 0], [1, 1], [0]])
        var training = ForwardPass.training(random)
        let trained = try layer(x, &training)
        #expect(try statistics()[2] == [1])
        #expect(
            try largestGap(trained.transposed(0, 1).reshaped([2, 6]).mean(dimension: 1).doubles(), [0, 0]) < 1e-14)
        #expect(try layer(x, &prediction).doubles() != untrained)
    }

    @Test("A composite layer names its parts' tensors in order, buffers after the parameters")
    func composite() throws {
        struct Pair: CompositeLayer {
            let linear: Linear
            let norms: [BatchNorm1d]
            var parts: [NamedLayer] { [("linear", linear)] + norms.parts(of: "norms") }
        }
        var random = SplitMix64(seed: 9)
        let pair = Pair(
            linear: try Linear(inputs: 2, outputs: 3, hasBias: false, using: &random),
            norms: [try BatchNorm1d(channels: 3), try BatchNorm1d(channels: 3)])
        #expect(
            pair.parameters.map(\.name) == [
                "linear.weight", "norms.0.weight", "norms.0.bias", "norms.1.weight", "norms.1.bias",
            ])
        #expect(pair.state.map(\.name).suffix(2) == ["norms.1.running_var", "norms.1.num_batches_tracked"])
        #expect(pair.parameterCount == 6 + 12)
    }

    @Test("A step of a causal convolution and of a temporal network does not see the steps after it")
    func causality() throws {
        var random = SplitMix64(seed: 10)
        let layer = try TemporalConvolutionalNetwork(
            inputs: 2, hidden: 3, layers: 3, kernel: 2, type: .float64, using: &random)
        let values = random.doubles(10 * 2)
        func output(_ values: [Double]) throws -> [Double] {
            var pass = ForwardPass.prediction
            return try layer(Tensor(values, shape: [1, 10, 2]), &pass).doubles()
        }
        let before = try output(values)
        for step in 0..<10 {
            var changed = values
            changed[step * 2] += 10
            let after = try output(changed)
            #expect(after[..<(step * 3)] == before[..<(step * 3)], "step \(step)")
            #expect(after[(step * 3)..<(step * 3 + 3)] != before[(step * 3)..<(step * 3 + 3)], "step \(step)")
        }
    }

    @Test("A causal mask lets the newest queries see themselves and what is older")
    func causalMask() throws {
        let mask = try Tensor.causalMask(queries: 2, keys: 4).floats()
        #expect(mask == [0, 0, 0, -.infinity, 0, 0, 0, 0])
    }

    @Test("Positional encodings are sines and cosines of falling frequency")
    func positions() throws {
        let encoding = try PositionalEncoding(length: 3, width: 4, type: .float64)
        let angles = [0, 0, 1, 0.01, 2, 0.02]
        let expected = angles.flatMap { [Foundation.sin($0), Foundation.cos($0)] }
        #expect(largestGap(try encoding.table.doubles(), expected) < 1e-15)
        #expect(try encoding(Tensor.full(1, shape: [2, 3, 4], type: .float64)).doubles()[0] == 1)
    }
}
