import Foundation
import Learning
import Schema
import Tensor
import TestTraits
import Testing

@Suite("Mixed precision", .longWork)
struct PrecisionTests {
    /// 1 + 2⁻¹⁰: a `float32`, and 1 in bfloat16.
    private let fine = 1 + 0x1p-10

    /// The product of `[[fine]]` and 1.
    private func product() throws -> Tensor {
        try Tensor.full(fine, shape: [1, 1]).matmul(.full(1, shape: [1, 1]))
    }

    /// The product as a pass in `precision` computes it.
    private func product(in precision: Precision) throws -> Double {
        try Torch.withAutocast(precision, on: .cpu) { try product() }.item()
    }

    @Test("Products inside are rounded, the result is float32, and outside nothing is")
    func rounding() throws {
        let rounded = try Torch.withAutocast(.bfloat16, on: .cpu) { try product() }
        #expect(try rounded.item() == 1)
        #expect(rounded.elementType == .float32)
        // A sum that bfloat16 cannot hold.
        #expect(try (rounded + 0x1p-10).item() == fine)
        #expect(try product(in: .float32) == fine)
        #expect(try product().item() == fine)
    }

    @Test("The earlier state comes back after an error, and after another precision inside")
    func restored() throws {
        struct Failure: Error {}
        #expect(throws: Failure.self) { try Torch.withAutocast(.bfloat16, on: .cpu) { throw Failure() } }
        #expect(try product().item() == fine)
        let outer = try Torch.withAutocast(.bfloat16, on: .cpu) {
            #expect(try product(in: .float32) == fine)
            #expect(throws: Failure.self) { try Torch.withAutocast(.float32, on: .cpu) { throw Failure() } }
            return try product()
        }
        #expect(try outer.item() == 1)
    }

    @Test("Other threads compute as before")
    func threads() throws {
        _ = try Torch.withAutocast(.bfloat16, on: .cpu) {
            let elsewhere = onThreads(1) { _ in try product().item() }
            #expect(try elsewhere[0].get() == fine)
            return try product()
        }
    }

    @Test("On an absent card nothing is run", arguments: Precision.allCases)
    func absent(precision: Precision) throws {
        #expect(throws: TensorError.self) {
            try Torch.withAutocast(precision, on: .cuda(99)) {
                Issue.record("the pass was run")
                return try product()
            }
        }
        #expect(try product().item() == fine)
    }

    @Test("float64 stays what it is")
    func doubles() throws {
        let result = try Torch.withAutocast(.bfloat16, on: .cpu) {
            try Tensor([fine], shape: [1, 1]).matmul(Tensor([1.0], shape: [1, 1]))
        }
        #expect(result.elementType == .float64)
        #expect(try result.item() == fine)
    }

    @Test("Losses of rounded logits, against rounded targets too, are float32")
    func losses() throws {
        let labels = try Tensor([Int64(0)], shape: [1])
        let losses: [(String, (_ logits: Tensor, _ targets: Tensor) throws -> Tensor)] = [
            ("binary cross-entropy", { try $0.binaryCrossEntropy($1) }),
            ("cross-entropy", { try Tensor.concatenated([$0, $1], dimension: 1).crossEntropy(labels) }),
            ("huber", { try $0.huber($1, delta: 0.1).sum() }),
        ]
        let one = try Tensor.full(1, shape: [1, 1])
        let targets = try Tensor.full(0.75, shape: [1, 1])
        for (name, loss) in losses {
            let expected = try loss(one, targets)
            let found = try Torch.withAutocast(.bfloat16, on: .cpu) { try loss(product(), targets.matmul(one)) }
            #expect(try found.item() == expected.item(), "\(name)")
        }
    }

    // MARK: - Training

    /// A network in which every kind of layer follows one whose results are rounded.
    private struct Network: CompositeLayer {
        let input: Linear
        let lstm: LSTM
        let attention: MultiheadAttention
        let convolution: Conv1d
        let norm: BatchNorm1d
        let middle: Linear
        let gru: GRU
        let layerNorm: LayerNorm
        let output: Linear

        init() throws {
            var random = SplitMix64(seed: 3)
            input = try Linear(inputs: 2, outputs: 8, using: &random)
            lstm = try LSTM(inputs: 8, hidden: 8, using: &random)
            attention = try MultiheadAttention(width: 8, heads: 2, dropout: 0.1, using: &random)
            convolution = try Conv1d(inputs: 8, outputs: 8, kernel: 2, padding: 1, using: &random)
            norm = try BatchNorm1d(channels: 8)
            middle = try Linear(inputs: 8, outputs: 8, using: &random)
            gru = try GRU(inputs: 8, hidden: 8, using: &random)
            layerNorm = try LayerNorm(size: 8)
            output = try Linear(inputs: 8, outputs: 1, using: &random)
        }

        var parts: [NamedLayer] {
            [
                ("input", input), ("lstm", lstm), ("attention", attention), ("convolution", convolution),
                ("norm", norm), ("middle", middle), ("gru", gru), ("layerNorm", layerNorm), ("output", output),
            ]
        }

        /// `x [batch, 3, 2]` to logits `[batch]`.
        func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws -> Tensor {
            var state = try lstm(input(x)).output
            state = try attention(state, state, mask: .causalMask(queries: 3, keys: 3), &pass)
            state = try norm(convolution.causal(state.transposed(1, 2)), &pass).transposed(1, 2)
            state = try layerNorm(gru(middle(state)).output)
            return try output(state.selected(dimension: 1, index: -1)).reshaped([x.shape[0]])
        }
    }

    private struct Trained {
        let network: Network
        let history: [TrainingEpoch]
        let checkpoint: [UInt8]

        var losses: [Double] { history.map(\.trainingLoss) }
    }

    /// A training on windows with a planted rule.
    private func trained(_ precision: Precision) throws -> Trained {
        let (rows, labels) = plantedRows(128, columns: 6, seed: 2)
        let network = try Network()
        var loop = try TrainingLoop(
            network, sampleCount: 128,
            TrainingConfiguration(epochs: 12, batchSize: 32, learningRate: 0.01, precision: precision))
        while !loop.isFinished {
            try loop.runEpoch(
                loss: { samples, pass in
                    let x = try Tensor(samples.flatMap { rows[($0 * 6)..<($0 * 6 + 6)] }, shape: [samples.count, 3, 2])
                    let y = try Tensor(samples.map { labels[$0] }, shape: [samples.count])
                    #expect(try product().item() == (precision == .bfloat16 ? 1 : fine))
                    return try network(x, &pass).binaryCrossEntropy(y)
                },
                validation: {
                    let computed = try product().item()
                    #expect(computed == fine)
                    return nil
                })
        }
        return Trained(network: network, history: loop.history, checkpoint: try loop.checkpoint().bytes())
    }

    @Test("A training in bfloat16 converges like one in float32, is no such one, and repeats bit for bit")
    func training() throws {
        let (rounded, whole, again) = (try trained(.bfloat16), try trained(.float32), try trained(.bfloat16))
        #expect(rounded.losses[0] > 0.6)
        #expect(rounded.losses[11] < 0.45)
        #expect(largestGap(rounded.losses, whole.losses) < 0.03)
        #expect(rounded.losses != whole.losses)
        #expect(rounded.checkpoint == again.checkpoint)
        #expect(rounded.network.parameters.allSatisfy { $0.value.elementType == .float32 })
    }

    @Test("A model that was trained in bfloat16 predicts in float32")
    func prediction() throws {
        let network = try trained(.bfloat16).network
        var random = SplitMix64(seed: 7)
        let x = try Tensor(random.floats(24), shape: [4, 3, 2])
        func predicted() throws -> Tensor {
            var pass = ForwardPass.prediction
            return try network(x, &pass)
        }
        let outputs = try predicted()
        let rounded = try Torch.withAutocast(.bfloat16, on: .cpu) { try predicted() }
        let gap = try largestGap(outputs, rounded)
        // Roundings to eight bits, a few layers deep, in proportion to what they make.
        let largest = try #require(try outputs.floats().map(abs).max())
        #expect(gap > 1e-5 && gap < 0.05 * Double(largest), "\(gap) of \(largest)")
        #expect(try largestGap(outputs, predicted()) == 0)
    }

    // MARK: - Settings

    @Test("A configuration says its precision; one that was written before there was any means float32")
    func configuration() throws {
        let configuration = TrainingConfiguration(patience: 3, precision: .bfloat16)
        let text = String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self)
        #expect(text.contains(#""precision":"bfloat16""#))
        #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: Data(text.utf8)) == configuration)
        let before = """
            {"batchSize":8,"epochs":6,"learningRate":0.05,"maximumGradientNorm":1,"minimumImprovement":0,
            "optimizer":{"beta1":0.9,"beta2":0.999,"epsilon":1e-08,"weightDecay":0.01},"schedule":{"constant":{}},
            "seed":4,"threads":1}
            """
        let read = try JSONDecoder().decode(TrainingConfiguration.self, from: Data(before.utf8))
        #expect(read == TrainingConfiguration(epochs: 6, batchSize: 8, learningRate: 0.05, seed: 4))
        #expect(read.precision == .float32)
        let foreign = before.replacingOccurrences(of: "{\"batchSize\"", with: "{\"precision\":\"int8\",\"batchSize\"")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(TrainingConfiguration.self, from: Data(foreign.utf8))
        }
    }

    @Test("A checkpoint that was written before there was a precision goes on")
    func checkpointOfBefore() throws {
        var random = SplitMix64(seed: 1)
        let layer = try Linear(inputs: 1, outputs: 1, using: &random)
        let configuration = TrainingConfiguration(epochs: 2)
        let file = try TrainingLoop(layer, sampleCount: 4, configuration).checkpoint()
        var before = file
        for (key, text) in file.metadata {
            before.metadata[key] = text.replacingOccurrences(of: #""precision":"float32","#, with: "")
        }
        #expect(before != file)
        #expect(try TrainingLoop(resuming: before, layer, sampleCount: 4, configuration).epoch == 0)
        var other = configuration
        other.precision = .bfloat16
        #expect(throws: LearningError.self) { try TrainingLoop(resuming: before, layer, sampleCount: 4, other) }
    }
}
