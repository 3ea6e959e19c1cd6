public import Tensor

/// Sets a random share of the elements to zero while training, and scales the others up.
///
/// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15, 2014.
public struct Dropout: Sendable {
    /// The share that is set to zero, at least 0 and below 1.
    public let share: Double

    public init(share: Double) {
        precondition(share >= 0 && share < 1, "a dropout share must be in [0, 1)")
        self.share = share
    }

    /// Applies a mask drawn from the pass; nothing is drawn when predicting, or without dropout.
    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        guard isActive(in: pass) else { return x }
        return try x.dropout(share, seed: pass.seed())
    }

    /// Whether anything is left out.
    func isActive(in pass: ForwardPass) -> Bool { share > 0 && pass.dropsOut }
}
