internal import Foundation
public import Tensor

/// What is added to the scores of attention so that newer steps count more.
public enum TemporalBias {
    /// exp(-x) for x from 2 at the oldest step to 0 at the newest, evenly: `[1, length]`, a row for every query.
    ///
    /// At equal scores the newest step has e^(1 - e⁻²) = 2.37 times the weight of the oldest. The formula in circulation,
    /// exp(-linspace(0, 2, length)) by the place of the key, has it the other way round where the oldest step comes first,
    /// as it does here.
    public static func recent(_ length: Int, type: Tensor.ElementType = .float32) throws(TensorError) -> Tensor {
        precondition(length > 0, "there are no steps")
        let values = (0..<length).map { step in
            length == 1 ? 1 : exp(-2 * Double(length - 1 - step) / Double(length - 1))
        }
        return try Tensor(values, shape: [1, length]).converted(to: type)
    }
}
