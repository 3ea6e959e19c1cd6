internal import CTorch

// Shapes broadcast as in NumPy: from the last dimension backwards, a dimension of one stretches.

extension Tensor {
    /// The sum of two tensors, element by element.
    public static func + (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try make("+", [left, right]) { ctorch_add(left.handle, right.handle, $0) }
    }

    /// The difference of two tensors, element by element.
    public static func - (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try make("-", [left, right]) { ctorch_subtract(left.handle, right.handle, $0) }
    }

    /// The product of two tensors, element by element.
    public static func * (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try make("*", [left, right]) { ctorch_multiply(left.handle, right.handle, $0) }
    }

    /// The tensor with each element multiplied by `factor`.
    public static func * (left: Tensor, factor: Double) throws(TensorError) -> Tensor {
        try make("*", [left]) { ctorch_scale(left.handle, factor, $0) }
    }

    /// The matrix product, `[.., n, k] · [.., k, m] = [.., n, m]`.
    public func matmul(_ right: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make("matmul", [self, right]) { ctorch_matmul(handle, right.handle, $0) }
    }

    /// max(x, 0).
    public func relu() throws(TensorError) -> Tensor {
        try Tensor.make("relu", [self]) { ctorch_relu(handle, $0) }
    }

    /// 1 / (1 + e⁻ˣ).
    public func sigmoid() throws(TensorError) -> Tensor {
        try Tensor.make("sigmoid", [self]) { ctorch_sigmoid(handle, $0) }
    }

    /// The hyperbolic tangent.
    public func tanh() throws(TensorError) -> Tensor {
        try Tensor.make("tanh", [self]) { ctorch_tanh(handle, $0) }
    }

    /// Exponentials divided by their sum along `dimension`.
    public func softmax(dimension: Int) throws(TensorError) -> Tensor {
        try Tensor.make("softmax", [self]) { ctorch_softmax(handle, Int64(dimension), $0) }
    }

    /// The sum of all elements, without dimensions.
    public func sum() throws(TensorError) -> Tensor {
        try Tensor.make("sum", [self]) { ctorch_sum(handle, $0) }
    }

    /// The sums along `dimension`, which disappears.
    public func sum(dimension: Int) throws(TensorError) -> Tensor {
        try Tensor.make("sum", [self]) { ctorch_sum_over(handle, Int64(dimension), $0) }
    }

    /// The mean of all elements, without dimensions.
    public func mean() throws(TensorError) -> Tensor {
        try Tensor.make("mean", [self]) { ctorch_mean(handle, $0) }
    }

    /// The means along `dimension`, which disappears.
    public func mean(dimension: Int) throws(TensorError) -> Tensor {
        try Tensor.make("mean", [self]) { ctorch_mean_over(handle, Int64(dimension), $0) }
    }
}

// MARK: - Shape

extension Tensor {
    /// The same elements, row-major, in another shape of as many.
    public func reshaped(_ shape: [Int]) throws(TensorError) -> Tensor {
        try Tensor.make("reshaped", [self], shape: shape) {
            ctorch_reshape(handle, shape.wide, Int32(shape.count), $0)
        }
    }

    /// The tensor with two dimensions exchanged.
    public func transposed(_ first: Int, _ second: Int) throws(TensorError) -> Tensor {
        try Tensor.make("transposed", [self]) { ctorch_transpose(handle, Int64(first), Int64(second), $0) }
    }

    /// The slice at `index` of `dimension`, which disappears; a negative index counts from the end.
    public func selected(dimension: Int, index: Int) throws(TensorError) -> Tensor {
        try Tensor.make("selected", [self]) { ctorch_select(handle, Int64(dimension), Int64(index), $0) }
    }

    /// The elements whose index along `dimension` is in `range`.
    public func narrowed(dimension: Int, to range: Range<Int>) throws(TensorError) -> Tensor {
        try Tensor.make("narrowed", [self]) {
            ctorch_narrow(handle, Int64(dimension), Int64(range.lowerBound), Int64(range.count), $0)
        }
    }

    /// The tensors one after another along `dimension`.
    public static func concatenated(_ parts: [Tensor], dimension: Int) throws(TensorError) -> Tensor {
        try make("concatenated", parts) {
            ctorch_concatenate(parts.handles, Int32(parts.count), Int64(dimension), $0)
        }
    }
}

extension [Tensor] {
    /// The handles, for a call during which the array is kept alive.
    var handles: [OpaquePointer?] { map { $0.handle } }
}
