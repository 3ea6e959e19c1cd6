internal import Foundation
public import Tensor

/// Sines and cosines by which attention knows the place of a step (Vaswani and others 2017, arXiv:1706.03762, section 3.5).
///
/// Column 2i of row t is sin(t · 10000^(-2i / width)), column 2i + 1 its cosine.
public struct PositionalEncoding: Sendable {
    /// The encodings, `[length, width]`.
    public let table: Tensor

    public init(length: Int, width: Int, type: Tensor.ElementType = .float32) throws(TensorError) {
        precondition(length > 0 && width > 0, "a positional encoding needs a length and a width")
        var values: [Double] = []
        for step in 0..<length {
            for column in 0..<width {
                let angle = Double(step) * exp(-Double(column - column % 2) * log(10_000) / Double(width))
                values.append(column.isMultiple(of: 2) ? sin(angle) : cos(angle))
            }
        }
        table = try Tensor(values, shape: [length, width]).converted(to: type)
    }

    /// Adds the encodings to `x [.., length, width]`, on its device.
    public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor { try x + table.moved(to: x.device) }
}
