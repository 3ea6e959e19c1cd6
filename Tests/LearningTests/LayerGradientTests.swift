import Learning
import Schema
import Tensor
import Testing

@Suite("Gradients of layers")
struct LayerGradientTests {
    /// Compares the gradient of sum(output · weights) with central differences, parameter by parameter.
    private func checkGradients(_ parameters: [NamedTensor], _ output: () throws -> Tensor) throws {
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
            // What all keys have in common, their bias, changes no softmax and so has none.
            let isBlind = name.hasPrefix("kk.") && name.hasSuffix("bias")
            #expect(isBlind != analytic.contains { abs($0) > 1e-3 }, "\(name)'s gradient")
        }
    }

    @Test("A linear layer's gradients are those of finite differences")
    func linear() throws {
        var random = SplitMix64(seed: 1)
        let layer = try Linear(inputs: 3, outputs: 2, type: .float64, using: &random)
        let x = try Tensor(random.doubles(12), shape: [4, 3]).requiringGradient()
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x).sigmoid().tanh() }
    }

    @Test("An LSTM's gradients are those of finite differences, in every parameter of both layers")
    func lstm() throws {
        var random = SplitMix64(seed: 2)
        let layer = try LSTM(inputs: 2, hidden: 3, layers: 2, type: .float64, using: &random)
        let x = try Tensor(random.doubles(2 * 4 * 2), shape: [2, 4, 2]).requiringGradient()
        #expect(layer.parameters.count == 8)
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x).output }
    }

    @Test("An LSTM in both directions has a gradient in every parameter of either")
    func bidirectional() throws {
        var random = SplitMix64(seed: 5)
        let layer = try LSTM(inputs: 2, hidden: 3, isBidirectional: true, type: .float64, using: &random)
        let x = try Tensor(random.doubles(2 * 4 * 2), shape: [2, 4, 2]).requiringGradient()
        #expect(layer.parameters.count == 8)
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x).output }
    }

    @Test("A GRU's gradients are those of finite differences")
    func gru() throws {
        var random = SplitMix64(seed: 6)
        let layer = try GRU(inputs: 2, hidden: 3, layers: 2, type: .float64, using: &random)
        let x = try Tensor(random.doubles(2 * 4 * 2), shape: [2, 4, 2]).requiringGradient()
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x).output }
    }

    @Test("Layer norm's gradients are those of finite differences")
    func layerNorm() throws {
        var random = SplitMix64(seed: 4)
        let layer = try LayerNorm(size: 4, type: .float64)
        let x = try Tensor(random.doubles(12), shape: [3, 4]).requiringGradient()
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x).relu().softmax(dimension: 1) }
    }

    @Test("Batch norm's gradients go through the statistics of the batch")
    func batchNorm() throws {
        var random = SplitMix64(seed: 7)
        let layer = try BatchNorm1d(channels: 3, type: .float64)
        let x = try Tensor(random.doubles(2 * 3 * 4), shape: [2, 3, 4]).requiringGradient()
        var pass = ForwardPass.training(random)
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x, &pass).tanh() }
    }

    @Test("A convolution's gradients are those of finite differences")
    func convolution() throws {
        var random = SplitMix64(seed: 8)
        let layer = try Conv1d(
            inputs: 2, outputs: 4, kernel: 3, stride: 2, padding: 1, groups: 2, type: .float64, using: &random)
        let x = try Tensor(random.doubles(2 * 2 * 5), shape: [2, 2, 5]).requiringGradient()
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x).tanh() }
    }

    @Test("A temporal block's gradients are those of finite differences")
    func temporalBlock() throws {
        var random = SplitMix64(seed: 9)
        let layer = try TemporalBlock(
            inputs: 2, outputs: 3, kernel: 2, dilation: 2, dropout: 0, type: .float64, using: &random)
        let x = try Tensor(random.doubles(2 * 2 * 5), shape: [2, 2, 5]).requiringGradient()
        var pass = ForwardPass.prediction
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x, &pass) }
    }

    @Test("Attention's gradients are those of finite differences, by the kernel and with weights")
    func attention() throws {
        var random = SplitMix64(seed: 10)
        let layer = try MultiheadAttention(width: 4, heads: 2, type: .float64, using: &random)
        let x = try Tensor(random.doubles(2 * 3 * 4), shape: [2, 3, 4]).requiringGradient()
        var pass = ForwardPass.prediction
        try checkGradients(layer.parameters + [("x", x)]) {
            try layer.weighted(x, x, &pass).output
        }
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x, x, &pass) }
    }

    @Test(
        "An encoder layer's gradients are those of finite differences, wherever it normalises",
        arguments: TransformerEncoderLayer.Normalization.allCases)
    func encoder(normalization: TransformerEncoderLayer.Normalization) throws {
        var random = SplitMix64(seed: 11)
        let layer = try TransformerEncoderLayer(
            width: 4, heads: 2, feedForward: 6, activation: .gelu, normalization: normalization, type: .float64,
            using: &random)
        let x = try Tensor(random.doubles(2 * 3 * 4), shape: [2, 3, 4]).requiringGradient()
        var pass = ForwardPass.prediction
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x, &pass) }
    }

    @Test("A gated residual network's gradients are those of finite differences, context included")
    func gatedResidual() throws {
        var random = SplitMix64(seed: 12)
        let layer = try GatedResidualNetwork(
            inputs: 2, hidden: 4, outputs: 3, context: 2, type: .float64, using: &random)
        let x = try Tensor(random.doubles(4), shape: [2, 2]).requiringGradient()
        let context = try Tensor(random.doubles(4), shape: [2, 2])
        var pass = ForwardPass.prediction
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x, context: context, &pass) }
    }

    @Test("A variable selection's gradients are those of finite differences")
    func selection() throws {
        var random = SplitMix64(seed: 13)
        let layer = try VariableSelectionNetwork(variables: 3, width: 3, type: .float64, using: &random)
        let x = try Tensor(random.doubles(2 * 3 * 3), shape: [2, 3, 3]).requiringGradient()
        var pass = ForwardPass.prediction
        try checkGradients(layer.parameters + [("x", x)]) { try layer(.vectors(x), &pass).output }
    }

    @Test(
        "A selection from numbers gives what one from their embedded vectors gives",
        arguments: [1, 3])
    func embeddedSelection(width: Int) throws {
        var random = SplitMix64(seed: 15)
        let embedding = try VariableEmbedding(variables: 3, width: width, type: .float64, using: &random)
        let layer = try VariableSelectionNetwork(
            variables: 3, width: width, context: 2, dropout: 0.4, type: .float64, using: &random)
        let x = try Tensor(random.doubles(2 * 2 * 3), shape: [2, 2, 3])
        let context = try Tensor(random.doubles(2 * 2), shape: [2, 1, 2])
        let maps = embedding.parts(of: "embedding").flatMap(\.layer.parameters)
        let scales = try Tensor.stacked(
            maps.filter { $0.name == "weight" }.map { try $0.value.selected(dimension: 1, index: 0) }, dimension: 0)
        let shifts = try Tensor.stacked(maps.filter { $0.name == "bias" }.map(\.value), dimension: 0)
        let variables = try embedding(x)
        let vectors = VariableVectors.vectors(try x.unsqueezed(-1) * scales + shifts)

        for purpose in [ForwardPass.prediction, .training(SplitMix64(seed: 16))] {
            var (ours, plain) = (purpose, purpose)
            let (found, expected) = (
                try layer(variables, context: context, &ours), try layer(vectors, context: context, &plain)
            )
            #expect(try largestGap(found.output.doubles(), expected.output.doubles()) < 1e-13)
            #expect(try largestGap(found.weights.doubles(), expected.weights.doubles()) < 1e-13)
            #expect(ours == plain)
        }
    }

    @Test("A selection's gradients from numbers are those of finite differences")
    func selectionFromNumbers() throws {
        var random = SplitMix64(seed: 17)
        let embedding = try VariableEmbedding(variables: 3, width: 4, type: .float64, using: &random)
        let layer = try VariableSelectionNetwork(variables: 3, width: 4, type: .float64, using: &random)
        let x = try Tensor(random.doubles(4 * 3).map { 4 * $0 }, shape: [4, 3]).requiringGradient()
        let maps = embedding.parts(of: "embedding").flatMap { map in
            map.layer.parameters.map { ("\(map.name).\($0.name)", $0.value) }
        }
        var pass = ForwardPass.prediction
        try checkGradients(layer.parameters + maps + [("x", x)]) { try layer(embedding(x), &pass).output }
    }

    @Test("A selection of more rows than a part holds gives, and learns from, each row as from fewer")
    func selectionInParts() throws {
        var random = SplitMix64(seed: 18)
        let (rows, variables, width) = (260, 40, 64)
        let embedding = try VariableEmbedding(variables: variables, width: width, type: .float64, using: &random)
        let layer = try VariableSelectionNetwork(variables: variables, width: width, type: .float64, using: &random)
        let x = try Tensor(random.doubles(rows * variables), shape: [rows, variables])
        let weights = try Tensor(random.doubles(rows * width), shape: [rows, width])
        // Parts are of 102 rows.
        func results(_ pieces: [Range<Int>]) throws -> (outputs: [Double], gradients: [Double]) {
            for (_, value) in layer.parameters { value.clearGradient() }
            var outputs: [Double] = []
            for piece in pieces {
                var pass = ForwardPass.prediction
                let output = try layer(embedding(x.narrowed(dimension: 0, to: piece)), &pass).output
                outputs += try output.doubles()
                try (output * weights.narrowed(dimension: 0, to: piece)).sum().backward()
            }
            return (outputs, try layer.parameters.flatMap { try #require($0.value.gradient).doubles() })
        }
        let (whole, pieces) = (try results([0..<rows]), try results([0..<50, 50..<150, 150..<rows]))
        #expect(largestGap(whole.outputs, pieces.outputs) < 1e-12)
        #expect(largestGap(whole.gradients, pieces.gradients) < 1e-10)
    }

    @Test("Interpretable attention's gradients are those of finite differences")
    func interpretable() throws {
        var random = SplitMix64(seed: 14)
        let layer = try InterpretableMultiHeadAttention(width: 4, heads: 2, type: .float64, using: &random)
        let x = try Tensor(random.doubles(2 * 3 * 4), shape: [2, 3, 4]).requiringGradient()
        let mask = try Tensor.causalMask(queries: 3, keys: 3, type: .float64)
        var pass = ForwardPass.prediction
        try checkGradients(layer.parameters + [("x", x)]) { try layer(x, x, mask: mask, &pass).output }
    }
}
