import Learning
import Schema
import Tensor
import TestKit
import Testing

@Suite("Layers")
struct LayerTests {
    /// Compares the gradient of sum(output · weights) with central differences, parameter by parameter.
    private func checkGradients(
        _ parameters: [NamedTensor], _ output: () throws -> Tensor
    ) throws {
        var random = SplitMix64(seed: 3)
        let shape = try output().shape
        let weights = try Tensor(random.doubles(shape.reduce(1, *)), shape: shape)
        func loss() throws -> Tensor { try (output() * weights).sum() }
        for (_, value) in parameters { value.clearGradient() }
        try loss().backward()
        let step = 1e-6
        for (name, value) in parameters {
            let analytic = try #require(value.gradient, "\(name) has no gradient").doubles()
            let start = try value.doubles()
            var numeric: [Double] = []
            for index in start.indices {
                let losses = try [step, -step].map { shift in
                    var moved = start
                    moved[index] += shift
                    try value.assign(Tensor(moved, shape: value.shape))
                    return try withoutGradient { try loss().item() }
                }
                numeric.append((losses[0] - losses[1]) / (2 * step))
            }
            try value.assign(Tensor(start, shape: value.shape))
            #expect(largestGap(analytic, numeric) < 1e-7, "\(name)")
            #expect(analytic.contains { abs($0) > 1e-3 }, "\(name)'s gradient is all zero")
        }
    }

    @Test("A linear layer's gradients are those of finite differences")
    func linearGradient() throws {
        var random = SplitMix64(seed: 1)
        let layer = try Linear(inputs: 3, outputs: 2, type: .float64, using: &random)
        let x = try Tensor(random.doubles(12), shape: [4, 3]).requiringGradient()
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x).sigmoid().tanh() }
    }

    @Test("An LSTM's gradients are those of finite differences, in every parameter of both layers")
    func lstmGradient() throws {
        var random = SplitMix64(seed: 2)
        let layer = try LSTM(inputs: 2, hidden: 3, layers: 2, type: .float64, using: &random)
        let x = try Tensor(random.doubles(2 * 4 * 2), shape: [2, 4, 2]).requiringGradient()
        #expect(layer.parameters.count == 8)
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x).output }
    }

    @Test("Layer norm's gradients are those of finite differences")
    func layerNormGradient() throws {
        var random = SplitMix64(seed: 4)
        let layer = try LayerNorm(size: 4, type: .float64)
        let x = try Tensor(random.doubles(12), shape: [3, 4]).requiringGradient()
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x).relu().softmax(dimension: 1) }
    }

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
        let result = try Dropout(share: 0.25)(ones, using: &random).floats()
        #expect(abs(Double(result.count { $0 == 0 }) / 20_000 - 0.25) < 0.02)
        #expect(result.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-6 })
        let before = random
        #expect(try Dropout(share: 0)(ones, using: &random).floats() == ones.floats())
        #expect(random == before)
    }
}

@Suite("Layers against PyTorch", .enabled(if: Golden.isWanted))
struct GoldenLayerTests {
    /// A convolution along time with one step of zeros on either side, from slices and a linear layer.
    private func convolution(_ x: Tensor, weight: Tensor, bias: Tensor) throws -> Tensor {
        let (batch, time, channels) = (x.shape[0], x.shape[1], x.shape[2])
        let zeros = try Tensor.zeros([batch, 1, channels])
        let padded = try Tensor.concatenated([zeros, x, zeros], dimension: 1)
        let taps = try (0..<3).map { try padded.narrowed(dimension: 1, to: $0..<($0 + time)) }
        let flat = try weight.transposed(1, 2).reshaped([weight.shape[0], 3 * channels])
        return try Tensor.concatenated(taps, dimension: 2).linear(weight: flat, bias: bias).relu()
    }

    @Test("A stored network with a two-layer LSTM, loaded by name, gives PyTorch's numbers")
    func storedNetwork() throws {
        let weights = try SafeTensors(bytes: Golden.bytes("05_cnn_lstm.weights.safetensors"))
        let golden = try Golden("05_cnn_lstm.io.json")
        func tensor(_ name: String) throws -> Tensor { try weights.tensor(named: name) }
        func linear(_ name: String) throws -> Linear {
            try Linear(weight: tensor("\(name).weight"), bias: tensor("\(name).bias"))
        }
        var random = SplitMix64(seed: 1)
        let lstm = try LSTM(inputs: 32, hidden: 24, layers: 2, using: &random)
        try weights.assign(to: lstm.parameters, prefix: "lstm.")

        var x = try golden["inputs"].tensor("x")
        x = try convolution(x, weight: tensor("conv1.weight"), bias: tensor("conv1.bias"))
        x = try convolution(x, weight: tensor("conv2.weight"), bias: tensor("conv2.bias"))
        let pairs = try x.reshaped([4, 16, 2, 32])
        let even = try pairs.selected(dimension: 2, index: 0)
        let pooled = try even + (pairs.selected(dimension: 2, index: 1) - even).relu()
        let output = try lstm(pooled).output
        #expect(try largestGap(output, golden["outputs"].tensor("lstm_out")) < 1e-5)

        let last = try output.selected(dimension: 1, index: -1)
        let logits = try linear("fc2")(linear("fc1")(last).relu())
        #expect(try largestGap(logits, golden["outputs"].tensor("logits")) < 1e-5)
        #expect(try largestGap(logits.softmax(dimension: 1), golden["outputs"].tensor("softmax")) < 1e-5)
    }

    @Test("Binary cross-entropy is PyTorch's, with and without a positive weight")
    func binaryCrossEntropy() throws {
        let golden = try Golden("05_losses.json")["bce"]
        let logits = try Tensor(golden.numbers("logits"), shape: [10])
        let targets = try Tensor(golden.numbers("targets"), shape: [10])
        let weight = try Tensor([3.0], shape: [1])
        let plain = try logits.binaryCrossEntropy(targets).item()
        let weighted = try logits.binaryCrossEntropy(targets, positiveWeight: weight).item()
        #expect(abs(plain / (try golden.number("mean")) - 1) < 1e-12)
        #expect(abs(weighted / (try golden.number("pos_weight_3")) - 1) < 1e-12)
    }

    @Test("Cross-entropy and its gradient are PyTorch's, with class weights and smoothing")
    func crossEntropy() throws {
        let golden = try Golden("05_losses.json")["cross_entropy"]
        let rows = try golden.rows("logits")
        let logits = try Tensor(rows.flatMap { $0 }, shape: [rows.count, 3]).requiringGradient()
        let labels = try Tensor(golden.numbers("labels").map { Int64($0) }, shape: [rows.count])
        let weights = try Tensor(golden.numbers("balanced_weights_n/(k*count)"), shape: [3])
        func expect(_ value: Tensor, _ key: String) throws {
            #expect(abs(try value.item() / (try golden.number(key)) - 1) < 1e-12, "\(key)")
        }
        try expect(logits.crossEntropy(labels), "plain_mean")
        try expect(logits.crossEntropy(labels, smoothing: 0.1), "label_smoothing_0.1_plain")
        try expect(
            logits.crossEntropy(labels, classWeights: weights, smoothing: 0.1), "label_smoothing_0.1_weighted")
        let weighted = try logits.crossEntropy(labels, classWeights: weights)
        try expect(weighted, "weighted_mean_(divided_by_sum_of_weights)")
        try weighted.backward()
        let gradient = try #require(logits.gradient).doubles()
        #expect(largestGap(gradient, try golden.rows("grad_weighted_mean_wrt_logits").flatMap { $0 }) < 1e-12)
    }
}
