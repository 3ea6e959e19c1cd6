internal import CTorch

extension Tensor {
    /// An affine map, `x · weightᵀ + bias`.
    ///
    /// Shapes: `self [.., inputs]`, `weight [outputs, inputs]`, `bias [outputs]`, result `[.., outputs]`.
    public func linear(weight: Tensor, bias: Tensor?) throws(TensorError) -> Tensor {
        try Tensor.make("linear", [self, weight] + (bias.map { [$0] } ?? [])) {
            ctorch_linear(handle, weight.handle, bias?.handle, $0)
        }
    }

    /// Zero mean and unit variance along the last dimension, then scale and shift (arXiv:1607.06450).
    public func layerNorm(weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5) throws(TensorError) -> Tensor {
        try Tensor.make("layerNorm", [self] + [weight, bias].compactMap { $0 }) {
            ctorch_layer_norm(handle, weight?.handle, bias?.handle, epsilon, $0)
        }
    }

    /// A share of the elements, to 1/65,536, set to zero, and the others divided by the share that is kept.
    ///
    /// On a processor, which these are depends on the seed and on the elements' places alone.
    public func dropout(_ share: Double, seed: UInt64) throws(TensorError) -> Tensor {
        try Tensor.make("dropout", [self]) { ctorch_dropout(handle, share, seed, $0) }
    }

    /// A convolution along time (in the sense of neural networks: the kernel is not turned round).
    ///
    /// Shapes: `self [batch, inputs, time]`, `weight [outputs, inputs / groups, kernel]`, `bias [outputs]`, result
    /// `[batch, outputs, (time + 2 · padding - dilation · (kernel - 1) - 1) / stride + 1]`.
    public func convolution(
        weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
    ) throws(TensorError) -> Tensor {
        try Tensor.make("convolution", [self, weight] + (bias.map { [$0] } ?? [])) {
            ctorch_conv1d(
                handle, weight.handle, bias?.handle, Int64(stride), Int64(padding), Int64(dilation), Int64(groups), $0)
        }
    }

    /// The largest element of each window of `kernel` steps, every `stride` steps: `[batch, channel, time / stride]`.
    ///
    /// A last window that is not full is left out.
    public func maximumPool(kernel: Int, stride: Int) throws(TensorError) -> Tensor {
        try Tensor.make("maximumPool", [self]) { ctorch_max_pool1d(handle, Int64(kernel), Int64(stride), $0) }
    }

    /// The mean of each window of `kernel` steps, every `stride` steps: `[batch, channel, time / stride]`.
    ///
    /// A last window that is not full is left out.
    public func averagePool(kernel: Int, stride: Int) throws(TensorError) -> Tensor {
        try Tensor.make("averagePool", [self]) { ctorch_average_pool1d(handle, Int64(kernel), Int64(stride), $0) }
    }

    /// What batch normalisation knows of each channel; all `[channel]`.
    public struct BatchStatistics: Sendable {
        public let weight: Tensor
        public let bias: Tensor
        public let runningMean: Tensor
        public let runningVariance: Tensor

        public init(weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor) {
            self.weight = weight
            self.bias = bias
            self.runningMean = runningMean
            self.runningVariance = runningVariance
        }
    }

    /// Zero mean and unit variance of each channel, then scale and shift (Ioffe & Szegedy 2015, arXiv:1502.03167).
    ///
    /// - Parameters:
    ///   - statistics: the channels' numbers.
    ///   - momentum: normalise by the batch's own statistics, and move the running ones, in place, by this share
    ///     towards them; `nil` normalises by the running ones and changes nothing.
    ///   - epsilon: added to the variance.
    /// - Returns: of the shape of `self`, `[batch, channel]` or `[batch, channel, time]`.
    /// - Throws: ``TensorError`` when shapes or types do not fit, or one value a channel is to be learned from.
    public func batchNorm(
        _ statistics: BatchStatistics, learning momentum: Double?, epsilon: Double = 1e-5
    ) throws(TensorError) -> Tensor {
        let (weight, bias) = (statistics.weight, statistics.bias)
        let (mean, variance) = (statistics.runningMean, statistics.runningVariance)
        return try Tensor.make("batchNorm", [self, weight, bias, mean, variance]) {
            ctorch_batch_norm(
                handle, weight.handle, bias.handle, mean.handle, variance.handle, momentum == nil ? 0 : 1,
                momentum ?? 0, epsilon, $0)
        }
    }

    /// Scaled dot-product attention (Vaswani and others 2017, arXiv:1706.03762), by a kernel that keeps no weights.
    ///
    /// Shapes: `self` (the queries) `[batch, head, query, width]`, `keys` and `values` `[batch, head, key, width]`,
    /// `mask` broadcastable to `[batch, head, query, key]`; it is added to the scores.
    public func attention(keys: Tensor, values: Tensor, mask: Tensor? = nil) throws(TensorError) -> Tensor {
        try Tensor.make("attention", [self, keys, values] + (mask.map { [$0] } ?? [])) {
            ctorch_attention(handle, keys.handle, values.handle, mask?.handle, $0)
        }
    }
}
