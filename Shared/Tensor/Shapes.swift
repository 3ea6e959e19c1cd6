internal import CTorch

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

    /// The tensors, all of one shape, side by side along a new `dimension`.
    public static func stacked(_ parts: [Tensor], dimension: Int) throws(TensorError) -> Tensor {
        try make("stacked", parts) { ctorch_stack(parts.handles, Int32(parts.count), Int64(dimension), $0) }
    }

    /// The tensor with a new dimension of one; a negative place counts from the end.
    public func unsqueezed(_ dimension: Int) throws(TensorError) -> Tensor {
        try Tensor.make("unsqueezed", [self]) { ctorch_unsqueeze(handle, Int64(dimension), $0) }
    }

    /// The elements whose places along `dimension` are in `index` (`int64`); of the index's shape.
    public func gathered(dimension: Int, at index: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make("gathered", [self, index]) { ctorch_gather(handle, Int64(dimension), index.handle, $0) }
    }

    /// The slices along `dimension` at the places in `index` (`int64`, one dimension), in its order.
    public func slices(dimension: Int, at index: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make("slices", [self, index]) {
            ctorch_index_select(handle, Int64(dimension), index.handle, $0)
        }
    }

    /// All windows of `length` along `dimension`, one a place, as a new last dimension: a view, which copies nothing.
    public func windows(dimension: Int, length: Int) throws(TensorError) -> Tensor {
        try Tensor.make("windows", [self]) { ctorch_unfold(handle, Int64(dimension), Int64(length), 1, $0) }
    }

    /// The elements as another type; the tensor itself when it has that type.
    public func converted(to type: ElementType) throws(TensorError) -> Tensor {
        try Tensor.make("converted", [self]) { ctorch_to_type(handle, type.code, $0) }
    }
}

extension [Tensor] {
    /// The handles, for a call during which the array is kept alive.
    var handles: [OpaquePointer?] { map { $0.handle } }
}
