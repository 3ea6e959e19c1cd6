public import Tensor

extension Tensor {
    /// The mean focal loss, -w · (1 - p)ᵞ · ln p, which passes over what is already told well (Lin and others 2017,
    /// arXiv:1708.02002, equation 5).
    ///
    /// - Parameters:
    ///   - labels: the right class of each row of `self [batch, classes]`, from 0; `int64`, `[batch]`.
    ///   - gamma: how fast the loss fades with p; 0 is the cross-entropy.
    ///   - classWeights: w of each class, `[classes]`.
    /// - Returns: one number: the sum divided by the number of rows, whatever the weights.
    /// - Throws: ``TensorError`` when shapes do not fit each other or a label is no class.
    public func focalLoss(
        _ labels: Tensor, gamma: Double, classWeights: Tensor? = nil
    ) throws(TensorError) -> Tensor {
        let logarithm = try logSoftmax(dimension: 1).gathered(dimension: 1, at: labels.unsqueezed(1))
            .reshaped(labels.shape)
        let missed = try logarithm.exp() * -1 + 1
        var losses = try missed.power(gamma) * logarithm
        if let classWeights { losses = try losses * classWeights.gathered(dimension: 0, at: labels) }
        return try losses.mean() * -1
    }
}
