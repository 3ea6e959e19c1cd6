public import Tensor

/// Sets a random share of the elements to zero while training.
///
/// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15, 2014.
public struct Dropout: Sendable {
    /// The share that is set to zero, at least 0 and below 1.
    public let share: Double

    public init(share: Double) {
        precondition(share >= 0 && share < 1, "a dropout share must be in [0, 1)")
        self.share = share
    }

    /// Applies a mask drawn from `random`; without dropout nothing is drawn.
    public func callAsFunction(
        _ x: Tensor, using random: inout some RandomNumberGenerator
    ) throws(TensorError) -> Tensor {
        guard share > 0 else { return x }
        let generator = TensorGenerator(seed: random.next())
        let mask = try Tensor.bernoulli(1 - share, shape: x.shape, type: x.elementType, using: generator)
        return try x.dropout(mask: mask, kept: 1 - share)
    }
}
