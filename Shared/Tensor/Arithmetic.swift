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

    /// The quotient of two tensors, element by element.
    public static func / (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try make("/", [left, right]) { ctorch_divide(left.handle, right.handle, $0) }
    }

    /// The tensor with each element multiplied by `factor`.
    public static func * (left: Tensor, factor: Double) throws(TensorError) -> Tensor {
        try make("*", [left]) { ctorch_scale(left.handle, factor, $0) }
    }

    /// The tensor with `number` added to each element.
    public static func + (left: Tensor, number: Double) throws(TensorError) -> Tensor {
        try make("+", [left]) { ctorch_add_number(left.handle, number, $0) }
    }

    /// The larger of two elements, place by place.
    public func maximum(_ other: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make("maximum", [self, other]) { ctorch_maximum(handle, other.handle, $0) }
    }

    /// The smaller of two elements, place by place.
    public func minimum(_ other: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make("minimum", [self, other]) { ctorch_minimum(handle, other.handle, $0) }
    }

    /// The elements, those outside `range` moved to its nearer end.
    public func clamped(to range: ClosedRange<Double>) throws(TensorError) -> Tensor {
        try Tensor.make("clamped", [self]) { ctorch_clamp(handle, range.lowerBound, range.upperBound, $0) }
    }

    /// xᵉ, e being `exponent`.
    public func power(_ exponent: Double) throws(TensorError) -> Tensor {
        try Tensor.make("power", [self]) { ctorch_power(handle, exponent, $0) }
    }

    /// eˣ.
    public func exp() throws(TensorError) -> Tensor {
        try Tensor.make("exp", [self]) { ctorch_exp(handle, $0) }
    }

    /// The natural logarithm.
    public func log() throws(TensorError) -> Tensor {
        try Tensor.make("log", [self]) { ctorch_log(handle, $0) }
    }

    /// |x|.
    public func absolute() throws(TensorError) -> Tensor {
        try Tensor.make("absolute", [self]) { ctorch_absolute(handle, $0) }
    }

    /// max(x, 0).
    public func relu() throws(TensorError) -> Tensor {
        try Tensor.make("relu", [self]) { ctorch_relu(handle, $0) }
    }

    /// x above zero and eˣ - 1 below (arXiv:1511.07289, α = 1).
    public func elu() throws(TensorError) -> Tensor {
        try Tensor.make("elu", [self]) { ctorch_elu(handle, $0) }
    }

    /// x · Φ(x), Φ being the standard normal distribution function (arXiv:1606.08415), by the error function.
    public func gelu() throws(TensorError) -> Tensor {
        try Tensor.make("gelu", [self]) { ctorch_gelu(handle, $0) }
    }

    /// ln(1 + eˣ).
    public func softplus() throws(TensorError) -> Tensor {
        try Tensor.make("softplus", [self]) { ctorch_softplus(handle, $0) }
    }

    /// 1 / (1 + e⁻ˣ).
    public func sigmoid() throws(TensorError) -> Tensor {
        try Tensor.make("sigmoid", [self]) { ctorch_sigmoid(handle, $0) }
    }

    /// The hyperbolic tangent.
    public func tanh() throws(TensorError) -> Tensor {
        try Tensor.make("tanh", [self]) { ctorch_tanh(handle, $0) }
    }

    /// The first half of the last dimension times the sigmoid of the second (arXiv:1612.08083).
    public func gatedLinearUnit() throws(TensorError) -> Tensor {
        try Tensor.make("gatedLinearUnit", [self]) { ctorch_gated_linear_unit(handle, $0) }
    }

    /// The sum with a matrix product in one step.
    ///
    /// Shapes: `left [n, k]` and `right [k, m]`, or `[stack, n, k]` and `[stack, k, m]`; `self` broadcastable to the
    /// product.
    public func adding(productOf left: Tensor, _ right: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make("addingProduct", [self, left, right]) {
            ctorch_add_product(handle, left.handle, right.handle, $0)
        }
    }

    /// The matrix product, `[.., n, k] · [.., k, m] = [.., n, m]`.
    public func matmul(_ right: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make("matmul", [self, right]) { ctorch_matmul(handle, right.handle, $0) }
    }
}
