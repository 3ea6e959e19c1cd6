import Learning
import Schema
import Tensor
import Testing

/// Fixtures/make-layers.py made the numbers, in double precision.
@Suite("Layers against PyTorch's, loaded by name")
struct LayerReferenceTests {
    private let tolerance = 1e-13
    private var random = SplitMix64(seed: 1)
    private var pass = ForwardPass.prediction

    private func load(_ layer: some Layer, _ name: String) throws -> Golden {
        let golden = try Golden(fixture: "layers.json")[name]
        try golden.state("state").assign(to: layer.state)
        return golden
    }

    private func expect(_ found: Tensor, _ golden: Golden, _ key: String) throws {
        #expect(try largestGap(found, golden["outputs"].tensor(key)) < tolerance, "\(key)")
    }

    @Test("A convolution with stride, padding, dilation and groups")
    mutating func convolution() throws {
        let layer = try Conv1d(
            inputs: 4, outputs: 6, kernel: 3, stride: 2, padding: 2, dilation: 2, groups: 2, type: .float64,
            using: &random)
        let golden = try load(layer, "conv1d")
        try expect(layer(golden["inputs"].tensor("x")), golden, "y")
    }

    @Test("A GRU of two layers")
    mutating func gru() throws {
        let layer = try GRU(inputs: 3, hidden: 4, layers: 2, type: .float64, using: &random)
        let golden = try load(layer, "gru")
        let result = try layer(golden["inputs"].tensor("x"))
        try expect(result.output, golden, "output")
        try expect(result.hidden, golden, "hidden")
    }

    @Test("An LSTM of two layers in both directions")
    mutating func lstm() throws {
        let layer = try LSTM(inputs: 3, hidden: 4, layers: 2, isBidirectional: true, type: .float64, using: &random)
        let golden = try load(layer, "lstm_bidirectional")
        try expect(layer(golden["inputs"].tensor("x")).output, golden, "output")
    }

    @Test("Batch norm while it learns, what it has learned from two batches, and what it then predicts")
    mutating func batchNorm() throws {
        let layer = try BatchNorm1d(channels: 3, type: .float64)
        let golden = try load(layer, "batch_norm")
        let first = try golden["inputs"].tensor("first")
        var training = ForwardPass.training(random)
        try expect(layer(first, &training), golden, "first")
        _ = try layer(golden["inputs"].tensor("second"), &training)
        for (name, value) in layer.buffers where name.hasPrefix("running") {
            try expect(value, golden, "after.\(name)")
        }
        try expect(layer(first, &pass), golden, "predicted")
    }

    @Test("Attention from queries to a context under a mask, by the kernel and with its weights")
    mutating func attention() throws {
        let layer = try MultiheadAttention(width: 8, heads: 2, type: .float64, using: &random)
        let golden = try load(layer, "attention")
        let (query, context) = (try golden["inputs"].tensor("query"), try golden["inputs"].tensor("context"))
        let mask = try golden["inputs"].tensor("mask")
        try expect(layer(query, context, mask: mask, &pass), golden, "y")
        let weighted = try layer.weighted(query, context, mask: mask, &pass)
        try expect(weighted.output, golden, "y")
        try expect(weighted.weights, golden, "weights")
    }

    @Test("Two encoder layers that normalise before each part, with GELU and a mask")
    mutating func encoder() throws {
        let layer = try TransformerEncoder(
            layers: 2, width: 8, heads: 2, feedForward: 12, activation: .gelu, normalization: .before, type: .float64,
            using: &random)
        let golden = try load(layer, "encoder_before_gelu")
        let inputs = try golden["inputs"]
        try expect(layer(inputs.tensor("x"), mask: inputs.tensor("mask"), &pass), golden, "y")
    }

    @Test("A temporal convolutional network of two blocks")
    mutating func temporalNetwork() throws {
        let layer = try TemporalConvolutionalNetwork(inputs: 3, hidden: 4, layers: 2, type: .float64, using: &random)
        let golden = try load(layer, "temporal_network")
        try expect(layer(golden["inputs"].tensor("x"), &pass), golden, "y")
    }
}
