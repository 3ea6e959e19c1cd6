/// An operation that libtorch refused.
public struct TensorError: Error, Equatable, Sendable {
    /// The name of the operation, as in Swift: `matmul`.
    public let operation: String
    /// The shapes of the tensors that went in, in order.
    public let shapes: [[Int]]
    /// What libtorch says about it.
    public let reason: String

    public init(operation: String, shapes: [[Int]], reason: String) {
        self.operation = operation
        self.shapes = shapes
        self.reason = reason
    }
}

extension TensorError: CustomStringConvertible {
    public var description: String {
        let operands = shapes.map { "\($0)" }.joined(separator: ", ")
        return "\(operation)(\(operands)): \(reason)"
    }
}
