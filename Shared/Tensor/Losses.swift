internal import CTorch

extension Tensor {
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

    /// Half the square of each distance to `targets` up to `delta`, a straight line beyond (Huber 1964).
    ///
    /// - Parameters:
    ///   - targets: of the shape of `self`.
    ///   - delta: where the line begins, above zero.
    /// - Returns: the loss of each element.
    /// - Throws: ``TensorError`` when shapes do not fit each other.
    public func huber(_ targets: Tensor, delta: Double) throws(TensorError) -> Tensor {
        try Tensor.make("huber", [self, targets]) { ctorch_huber(handle, targets.handle, delta, $0) }
    }
}
