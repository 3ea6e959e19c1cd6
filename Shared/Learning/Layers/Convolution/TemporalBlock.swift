public import Tensor

/// Two dilated causal convolutions with a residual connection: a block of a temporal convolutional network.
///
/// Bai, Kolter & Koltun 2018, arXiv:1803.01271, figure 1(b), without its weight normalisation: the training clips and
/// decays already. Shapes: `x [batch, inputs, time]`, result `[batch, outputs, time]`.
public struct TemporalBlock: CompositeLayer {
    let conv1: Conv1d
    let conv2: Conv1d
    /// Brings the input to the outputs' width, where that differs.
    let downsample: Conv1d?
    private let dropout: Dropout

    public init(
        inputs: Int, outputs: Int, kernel: Int, dilation: Int, dropout: Double, type: Tensor.ElementType = .float32,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        let padding = dilation * (kernel - 1)
        conv1 = try Conv1d(
            inputs: inputs, outputs: outputs, kernel: kernel, padding: padding, dilation: dilation, type: type,
            using: &random)
        conv2 = try Conv1d(
            inputs: outputs, outputs: outputs, kernel: kernel, padding: padding, dilation: dilation, type: type,
            using: &random)
        downsample =
            inputs == outputs
            ? nil : try Conv1d(inputs: inputs, outputs: outputs, kernel: 1, type: type, using: &random)
        self.dropout = Dropout(share: dropout)
    }

    public var parts: [NamedLayer] {
        [("conv1", conv1), ("conv2", conv2)] + (downsample.map { [("downsample", $0)] } ?? [])
    }

    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        let first = try dropout(conv1.causal(x).relu(), &pass)
        let second = try dropout(conv2.causal(first).relu(), &pass)
        return try (second + (downsample?(x) ?? x)).relu()
    }
}

/// Temporal blocks one above the other, each looking twice as far back as the one below.
///
/// Shapes: `x [batch, time, inputs]`, result `[batch, time, hidden]`; step t of the result depends on steps up to t,
/// the last 1 + 2 · (kernel - 1) · (2^layers - 1) of them.
public struct TemporalConvolutionalNetwork: CompositeLayer {
    private let network: [TemporalBlock]

    public init(
        inputs: Int, hidden: Int, layers: Int, kernel: Int = 3, dropout: Double = 0,
        type: Tensor.ElementType = .float32, using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        precondition((1...30).contains(layers), "a temporal convolutional network has 1 to 30 layers")
        var network: [TemporalBlock] = []
        for layer in 0..<layers {
            network.append(
                try TemporalBlock(
                    inputs: layer == 0 ? inputs : hidden, outputs: hidden, kernel: kernel, dilation: 1 << layer,
                    dropout: dropout, type: type, using: &random))
        }
        self.network = network
    }

    public var parts: [NamedLayer] { network.parts(of: "network") }

    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        var channels = try x.transposed(1, 2)
        for block in network { channels = try block(channels, &pass) }
        return try channels.transposed(1, 2)
    }
}
