public import Tensor

/// Zero mean and unit variance of each channel over a batch, then scale and shift (Ioffe & Szegedy 2015,
/// arXiv:1502.03167).
///
/// A prediction uses the running statistics that the training has gathered. Shapes: `x [batch, channel]` or
/// `[batch, channel, time]`, all tensors `[channel]`.
public struct BatchNorm1d: Layer {
    /// The share by which each batch moves the running statistics; PyTorch's default.
    public static let momentum = 0.1

    private let statistics: Tensor.BatchStatistics
    private let batches: Tensor
    /// Added to the variance.
    public let epsilon: Double

    /// Starts as the plain normalisation, with running statistics of zero mean and unit variance.
    public init(
        channels: Int, epsilon: Double = 1e-5, type: Tensor.ElementType = .float32
    ) throws(TensorError) {
        statistics = Tensor.BatchStatistics(
            weight: try Tensor.full(1, shape: [channels], type: type).requiringGradient(),
            bias: try Tensor.zeros([channels], type: type).requiringGradient(),
            runningMean: try Tensor.zeros([channels], type: type),
            runningVariance: try Tensor.full(1, shape: [channels], type: type))
        batches = try Tensor.zeros([], type: .int64)
        self.epsilon = epsilon
    }

    public var parameters: [NamedTensor] { [("weight", statistics.weight), ("bias", statistics.bias)] }

    public var buffers: [NamedTensor] {
        [
            ("running_mean", statistics.runningMean), ("running_var", statistics.runningVariance),
            ("num_batches_tracked", batches),
        ]
    }

    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        guard pass.learnsStatistics else { return try x.batchNorm(statistics, learning: nil, epsilon: epsilon) }
        try batches.assign(batches + 1)
        return try x.batchNorm(statistics, learning: Self.momentum, epsilon: epsilon)
    }
}
