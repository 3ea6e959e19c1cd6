import Learning
import Schema
import Tensor
import Testing

/// What runs on the processor must run on a card, with the same results up to rounding.
///
/// Where there is no card each test says so and passes: a machine with one is needed to check anything here.
@Suite("The first CUDA card", .serialized)
struct CUDATests {
    /// The card, or `nil` after saying that there is none.
    private func card(for test: String = #function) -> Device? {
        guard let card = Torch.devices.dropFirst().first else {
            print("NO CUDA DEVICE HERE: \(test) of CUDATests has checked nothing")
            return nil
        }
        return card
    }

    /// A network with every kind of layer that holds tensors or makes them on the way.
    private struct Network: CompositeLayer {
        let input: Linear
        let position: PositionalEncoding
        let attention: MultiheadAttention
        let heads: InterpretableMultiHeadAttention
        let convolution: Conv1d
        let norm: BatchNorm1d
        let lstm: LSTM
        let gru: GRU
        let layerNorm: LayerNorm
        let output: Linear
        let mask: Tensor

        init() throws {
            var random = SplitMix64(seed: 3)
            input = try Linear(inputs: 3, outputs: 8, using: &random)
            position = try PositionalEncoding(length: 6, width: 8)
            attention = try MultiheadAttention(width: 8, heads: 2, using: &random)
            heads = try InterpretableMultiHeadAttention(width: 8, heads: 2, using: &random)
            convolution = try Conv1d(inputs: 8, outputs: 8, kernel: 3, padding: 2, using: &random)
            norm = try BatchNorm1d(channels: 8)
            lstm = try LSTM(inputs: 8, hidden: 8, isBidirectional: true, using: &random)
            gru = try GRU(inputs: 16, hidden: 8, using: &random)
            layerNorm = try LayerNorm(size: 8)
            output = try Linear(inputs: 8, outputs: 3, using: &random)
            mask = try Tensor.causalMask(queries: 6, keys: 6)
        }

        var parts: [NamedLayer] {
            [
                ("input", input), ("attention", attention), ("heads", heads), ("convolution", convolution),
                ("norm", norm), ("lstm", lstm), ("gru", gru), ("layerNorm", layerNorm), ("output", output),
            ]
        }

        /// `x [batch, 6, 3]` to `[batch, 3]`.
        func callAsFunction(_ x: Tensor, dropout: Double, _ pass: inout ForwardPass) throws -> Tensor {
            var state = try position(input(x))
            state = try state + attention(state, state, mask: mask, &pass)
            state = try state + heads(state, state, mask: mask, &pass).output
            state = try norm(convolution.causal(state.transposed(1, 2)), &pass).gelu().transposed(1, 2)
            state = try Dropout(share: dropout)(gru(lstm(state).output).output, &pass)
            return try output(layerNorm(state.selected(dimension: 1, index: -1)))
        }
    }

    private struct Data {
        let inputs: Tensor
        let targets: Tensor

        init(_ count: Int) throws {
            var random = SplitMix64(seed: 5)
            inputs = try Tensor(random.floats(count * 6 * 3), shape: [count, 6, 3])
            targets = try Tensor(random.floats(count), shape: [count])
        }

        func batch(_ samples: [Int], on device: Device) throws -> (inputs: Tensor, targets: Tensor) {
            let rows = try samples.map { try inputs.selected(dimension: 0, index: $0) }
            let values = try samples.map { try targets.selected(dimension: 0, index: $0) }
            return (
                try Tensor.stacked(rows, dimension: 0).moved(to: device),
                try Tensor.stacked(values, dimension: 0).moved(to: device)
            )
        }
    }

    private let quantiles = QuantileLoss(quantiles: [0.1, 0.5, 0.9])

    @Test("A network gives the same outputs, within 1e-4, as on the processor")
    func outputs() throws {
        guard let card = card() else { return }
        let (here, there) = (try Network(), try Network())
        try there.move(to: card)
        #expect(there.device == card && there.state.allSatisfy { $0.value.device == card })
        let x = try Data(16).inputs
        var (pass, other) = (ForwardPass.prediction, ForwardPass.prediction)
        let expected = try here(x, dropout: 0, &pass)
        let found = try there(x.moved(to: card), dropout: 0, &other)
        #expect(found.device == card)
        #expect(try largestGap(found, expected) < 1e-4)
    }

    @Test("A training gives the same losses and parameters as on the processor, and the same bits each time")
    func training() throws {
        guard let card = card() else { return }
        let data = try Data(40)
        func trained(on device: Device, dropout: Double) throws -> (losses: [Double], parameters: [Double]) {
            let network = try Network()
            try network.move(to: device)
            var loop = try TrainingLoop(
                network, sampleCount: 40, TrainingConfiguration(epochs: 2, batchSize: 8, learningRate: 0.001))
            while !loop.isFinished {
                try loop.runEpoch(loss: { samples, pass in
                    let (x, y) = try data.batch(samples, on: network.device)
                    return try quantiles.mean(network(x, dropout: dropout, &pass), y)
                })
            }
            let resumed = try Network()
            try resumed.move(to: device)
            _ = try TrainingLoop(
                resuming: SafeTensors(bytes: loop.checkpoint().bytes()), resumed, sampleCount: 40, loop.configuration)
            #expect(try resumed.state.map { try $0.value.doubles() } == network.state.map { try $0.value.doubles() })
            return (loop.history.map(\.trainingLoss), try network.parameters.flatMap { try $0.value.doubles() })
        }
        let (here, there) = (try trained(on: .cpu, dropout: 0), try trained(on: card, dropout: 0))
        #expect(largestGap(here.losses, there.losses) < 1e-4)
        #expect(largestGap(here.parameters, there.parameters) < 1e-3)
        let (first, second) = (try trained(on: card, dropout: 0.3), try trained(on: card, dropout: 0.3))
        #expect(first == second)
    }

    @Test("Leaves move with their gradients and keep their optimizer; tensors of two devices are refused")
    func leaves() throws {
        guard let card = card() else { return }
        let leaf = try Tensor([Float(3), 4], shape: [2]).requiringGradient()
        let optimizer = try GradientDescent([("leaf", leaf)])
        try (leaf * leaf).sum().backward()
        try leaf.move(to: card)
        #expect(try leaf.gradient?.device == card && leaf.gradient?.floats() == [6, 8])
        #expect(throws: TensorError.self) { try optimizer.step(learningRate: 0.1) }
        try GradientDescent([("leaf", leaf)]).step(learningRate: 0.5)
        #expect(try leaf.floats() == [0, 0])
        let here = try Tensor.zeros([1, 2, 3])
        #expect(throws: TensorError.self) { try here + Tensor.zeros([1, 2, 3], on: card) }
        var random = SplitMix64(seed: 1)
        let lstm = try LSTM(inputs: 3, hidden: 4, using: &random)
        try lstm.move(to: card)
        #expect(throws: TensorError.self) { try lstm(here) }
    }
}
