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

    /// The elements where `mask` is one, divided by the share that is kept, and zero elsewhere.
    public func dropout(mask: Tensor, kept: Double) throws(TensorError) -> Tensor {
        try Tensor.make("dropout", [self, mask]) { ctorch_dropout(handle, mask.handle, kept, $0) }
    }

    /// What an LSTM gives: `output [batch, time, hidden]`, and the last states `[layers, batch, hidden]`.
    public struct LSTMResult {
        public let output: Tensor
        public let hidden: Tensor
        public let cell: Tensor
    }

    /// A long short-term memory over `self [batch, time, feature]`, with PyTorch's gate order i, f, g, o.
    ///
    /// - Parameters:
    ///   - hidden: the first hidden state, `[layers, batch, hidden]`.
    ///   - cell: the first cell state, of the same shape.
    ///   - parameters: for each layer `weight_ih [4·hidden, inputs]`, `weight_hh [4·hidden, hidden]`, `bias_ih` and
    ///     `bias_hh [4·hidden]`.
    /// - Returns: the upper layer's hidden state at each time, and the last states of all layers.
    /// - Throws: ``TensorError`` when shapes or types do not fit each other.
    public func lstm(
        hidden: Tensor, cell: Tensor, parameters: [Tensor]
    ) throws(TensorError) -> LSTMResult {
        var output: OpaquePointer?
        var lastHidden: OpaquePointer?
        var lastCell: OpaquePointer?
        try Tensor.check("lstm", [self, hidden, cell] + parameters) {
            ctorch_lstm(
                handle, hidden.handle, cell.handle, parameters.handles, Int32(parameters.count),
                Int32(parameters.count / 4), &output, &lastHidden, &lastCell)
        }
        // The door fills all three when it answers 0.
        return LSTMResult(
            output: Tensor(owning: output!), hidden: Tensor(owning: lastHidden!), cell: Tensor(owning: lastCell!))
    }

    /// The mean binary cross-entropy of logits `self` against targets in 0...1 of the same shape.
    ///
    /// - Parameters:
    ///   - targets: of the logits' shape.
    ///   - positiveWeight: multiplies the loss of the positive part, to balance rare positives.
    /// - Returns: one number.
    /// - Throws: ``TensorError`` when shapes do not fit each other.
    public func binaryCrossEntropy(_ targets: Tensor, positiveWeight: Tensor? = nil) throws(TensorError) -> Tensor {
        try Tensor.make("binaryCrossEntropy", [self, targets] + (positiveWeight.map { [$0] } ?? [])) {
            ctorch_binary_cross_entropy(handle, targets.handle, positiveWeight?.handle, $0)
        }
    }

    /// The mean cross-entropy of logits `self [batch, classes]` against `labels [batch]` (`int64`).
    ///
    /// - Parameters:
    ///   - labels: the right class of each row, from 0.
    ///   - classWeights: `[classes]`; the mean is then divided by the sum of the weights, as PyTorch does.
    ///   - smoothing: the share of each label that is spread over all classes.
    /// - Returns: one number.
    /// - Throws: ``TensorError`` when shapes do not fit each other or a label is no class.
    public func crossEntropy(
        _ labels: Tensor, classWeights: Tensor? = nil, smoothing: Double = 0
    ) throws(TensorError) -> Tensor {
        try Tensor.make("crossEntropy", [self, labels] + (classWeights.map { [$0] } ?? [])) {
            ctorch_cross_entropy(handle, labels.handle, classWeights?.handle, smoothing, $0)
        }
    }
}
