internal import CTorch

/// An array of numbers of one type in one shape, row-major, with its gradient.
///
/// A tensor is a reference: two variables may hold the same one. It changes only by ``assign(_:)``, ``move(to:)``, by
/// batch normalisation that learns, and by an optimizer's step; whoever calls these while another thread reads the same
/// tensor is at fault, and nothing else here writes, so tensors may cross threads.
public final class Tensor: @unchecked Sendable {
    /// The type of the elements.
    public enum ElementType: Sendable, Equatable, CaseIterable {
        case float32, float64, int64

        var code: Int32 {
            switch self {
            case .float32: Int32(CTORCH_FLOAT32)
            case .float64: Int32(CTORCH_FLOAT64)
            case .int64: Int32(CTORCH_INT64)
            }
        }
    }

    let handle: OpaquePointer
    /// The number of elements along each dimension.
    public let shape: [Int]

    /// Takes ownership of a handle that libtorch gave out.
    init(owning handle: OpaquePointer) {
        self.handle = handle
        var rank: Int32 = 0
        _ = ctorch_rank(handle, &rank)
        var sizes = [Int64](repeating: 0, count: Int(rank))
        _ = ctorch_shape(handle, &sizes, rank)
        shape = sizes.map { Int($0) }
    }

    deinit { ctorch_free(handle) }

    /// Runs one call of the C door on `inputs` and gives its result, or names the operation and the shapes that went in.
    ///
    /// Holds `inputs` until the call is over: their handles alone would not keep them alive.
    static func produce(
        _ operation: String, _ inputs: [Tensor], shape: [Int]? = nil,
        _ call: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) throws(TensorError) -> OpaquePointer {
        var result: OpaquePointer?
        try check(operation, inputs, shape: shape) { call(&result) }
        // The door fills the place whenever it answers 0.
        return result!
    }

    /// ``produce(_:_:shape:_:)``, wrapped.
    static func make(
        _ operation: String, _ inputs: [Tensor], shape: [Int]? = nil,
        _ call: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) throws(TensorError) -> Tensor {
        Tensor(owning: try produce(operation, inputs, shape: shape, call))
    }

    /// Runs one call of the C door that has no result of its own.
    static func check(
        _ operation: String, _ inputs: [Tensor], shape: [Int]? = nil, _ call: () -> Int32
    ) throws(TensorError) {
        let status = withExtendedLifetime(inputs) { call() }
        guard status != 0 else { return }
        throw TensorError(
            operation: operation, shapes: inputs.map(\.shape) + (shape.map { [$0] } ?? []),
            reason: String(cString: ctorch_last_error()))
    }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// The type of the elements.
    public var elementType: ElementType {
        var code: Int32 = 0
        _ = ctorch_type(handle, &code)
        // Every tensor of ours has one of the three: the door makes no other, and operations keep the type.
        return ElementType.allCases.first { $0.code == code } ?? .float32
    }
}
