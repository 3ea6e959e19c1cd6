public import Tensor

extension Tensor {
    /// The mean square of the distances to `targets`, which have the same shape.
    public func meanSquaredError(_ targets: Tensor) throws(TensorError) -> Tensor {
        try distance(to: targets).power(2).mean()
    }

    /// The mean distance to `targets`, which have the same shape.
    public func meanAbsoluteError(_ targets: Tensor) throws(TensorError) -> Tensor {
        try distance(to: targets).absolute().mean()
    }

    /// The mean of ``huber(_:delta:)``.
    public func huberLoss(_ targets: Tensor, delta: Double = 1) throws(TensorError) -> Tensor {
        try huber(targets, delta: delta).mean()
    }

    /// The mean of ``huber(_:delta:)`` divided by `beta`, so that the line's slope is 1: PyTorch's smooth L1 loss.
    public func smoothL1Loss(_ targets: Tensor, beta: Double = 1) throws(TensorError) -> Tensor {
        try huberLoss(targets, delta: beta) * (1 / beta)
    }

    /// The difference of tensors of one shape; a mean over what was broadcast would be of other pairs.
    private func distance(to targets: Tensor) throws(TensorError) -> Tensor {
        guard shape == targets.shape else {
            throw TensorError(
                operation: "-", shapes: [shape, targets.shape], reason: "predictions and targets differ in shape")
        }
        return try self - targets
    }
}
