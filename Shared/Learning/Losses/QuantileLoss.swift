public import Tensor

/// The pinball loss of several quantiles (Koenker & Bassett 1978; Lim and others 2019, arXiv:1912.09363, equations 24 and 25).
///
/// max(q · e, (q - 1) · e) for the error e = target - prediction: its mean is least at the q-quantile.
public struct QuantileLoss: Sendable, Equatable {
    /// The quantiles, each in 0...1, in the order of the predictions' last dimension.
    public let quantiles: [Double]

    public init(quantiles: [Double]) {
        precondition(
            !quantiles.isEmpty && quantiles.allSatisfy { $0 > 0 && $0 < 1 }, "each quantile must be in (0, 1)")
        self.quantiles = quantiles
    }

    /// The loss of each prediction.
    ///
    /// - Parameters:
    ///   - predictions: `[.., quantile]`.
    ///   - targets: `[..]`.
    /// - Returns: of the predictions' shape.
    /// - Throws: ``TensorError`` when shapes do not fit each other.
    public func elements(_ predictions: Tensor, _ targets: Tensor) throws(TensorError) -> Tensor {
        guard predictions.shape == targets.shape + [quantiles.count] else {
            throw TensorError(
                operation: "quantileLoss", shapes: [predictions.shape, targets.shape],
                reason: "predictions must have the targets' shape and \(quantiles.count) quantiles")
        }
        let errors = try targets.unsqueezed(-1) - predictions
        let levels = try Tensor(quantiles, shape: [quantiles.count])
            .converted(to: predictions.elementType).moved(to: predictions.device)
        return try (errors * levels).maximum(errors * (levels + -1))
    }

    /// The mean over everything.
    public func mean(_ predictions: Tensor, _ targets: Tensor) throws(TensorError) -> Tensor {
        try elements(predictions, targets).mean()
    }

    /// The sum over the quantiles, and the mean over the rest: the paper's reduction.
    public func sumOverQuantiles(_ predictions: Tensor, _ targets: Tensor) throws(TensorError) -> Tensor {
        try elements(predictions, targets).sum(dimension: -1).mean()
    }
}
