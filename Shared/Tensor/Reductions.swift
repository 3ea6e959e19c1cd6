internal import CTorch

extension Tensor {
    /// Exponentials divided by their sum along `dimension`.
    public func softmax(dimension: Int) throws(TensorError) -> Tensor {
        try Tensor.make("softmax", [self]) { ctorch_softmax(handle, Int64(dimension), $0) }
    }

    /// The logarithm of ``softmax(dimension:)``, exact where that is next to zero.
    public func logSoftmax(dimension: Int) throws(TensorError) -> Tensor {
        try Tensor.make("logSoftmax", [self]) { ctorch_log_softmax(handle, Int64(dimension), $0) }
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

    /// The largest elements along `dimension`, which disappears.
    public func maximum(dimension: Int) throws(TensorError) -> Tensor {
        try Tensor.make("maximum", [self]) { ctorch_maximum_over(handle, Int64(dimension), $0) }
    }

    /// The indices (`int64`) of the largest elements along `dimension`, which disappears.
    public func argumentOfMaximum(dimension: Int) throws(TensorError) -> Tensor {
        try Tensor.make("argumentOfMaximum", [self]) { ctorch_argument_of_maximum(handle, Int64(dimension), $0) }
    }
}
