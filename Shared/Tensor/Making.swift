internal import CTorch

extension Array where Element == Int {
    /// The same numbers as C's `int64_t`.
    var wide: [Int64] { map { Int64($0) } }
}

extension Tensor {
    /// A `float32` tensor of `values`, row-major; the shape must hold exactly as many.
    public convenience init(_ values: [Float], shape: [Int]) throws(TensorError) {
        self.init(
            owning: try Tensor.produce("Tensor", [], shape: shape) {
                ctorch_from_float(values, Int64(values.count), shape.wide, Int32(shape.count), $0)
            })
    }

    /// A `float64` tensor of `values`, row-major; the shape must hold exactly as many.
    public convenience init(_ values: [Double], shape: [Int]) throws(TensorError) {
        self.init(
            owning: try Tensor.produce("Tensor", [], shape: shape) {
                ctorch_from_double(values, Int64(values.count), shape.wide, Int32(shape.count), $0)
            })
    }

    /// An `int64` tensor of `values`, row-major; the shape must hold exactly as many.
    public convenience init(_ values: [Int64], shape: [Int]) throws(TensorError) {
        self.init(
            owning: try Tensor.produce("Tensor", [], shape: shape) {
                ctorch_from_int64(values, Int64(values.count), shape.wide, Int32(shape.count), $0)
            })
    }

    /// A tensor of equal elements.
    public static func full(
        _ value: Double, shape: [Int], type: ElementType = .float32, on device: Device = .cpu
    ) throws(TensorError) -> Tensor {
        try make("full", [], shape: shape) {
            ctorch_full(shape.wide, Int32(shape.count), type.code, device.code, value, $0)
        }
    }

    /// A tensor of zeros.
    public static func zeros(
        _ shape: [Int], type: ElementType = .float32, on device: Device = .cpu
    ) throws(TensorError) -> Tensor {
        try full(0, shape: shape, type: type, on: device)
    }

    /// A tensor of draws from `[range.lowerBound, range.upperBound)`.
    public static func uniform(
        _ range: ClosedRange<Double>, shape: [Int], type: ElementType = .float32, on device: Device = .cpu,
        using generator: TensorGenerator
    ) throws(TensorError) -> Tensor {
        try make("uniform", [], shape: shape) {
            ctorch_uniform(
                shape.wide, Int32(shape.count), type.code, device.code, range.lowerBound, range.upperBound,
                generator.handle, $0)
        }
    }

    /// The elements as `Float`, row-major; from any device, as with the other types.
    public func floats() throws(TensorError) -> [Float] {
        try read("floats", 0) { ctorch_read_float($0, $1, $2) }
    }

    /// The elements as `Double`, row-major.
    public func doubles() throws(TensorError) -> [Double] {
        try read("doubles", 0) { ctorch_read_double($0, $1, $2) }
    }

    /// The elements as `Int64`, row-major.
    public func integers() throws(TensorError) -> [Int64] {
        try read("integers", 0) { ctorch_read_int64($0, $1, $2) }
    }

    /// The one element of a tensor of one element.
    public func item() throws(TensorError) -> Double {
        var value = 0.0
        try Tensor.check("item", [self]) { ctorch_item(handle, &value) }
        return value
    }

    /// Overwrites the elements by those of a tensor of the same shape; no gradient flows through it.
    public func assign(_ source: Tensor) throws(TensorError) {
        try Tensor.check("assign", [self, source]) { ctorch_assign(handle, source.handle) }
    }

    /// A tensor with the same elements in storage of its own, and no history.
    public func clone() throws(TensorError) -> Tensor {
        try Tensor.make("clone", [self]) { ctorch_clone(handle, $0) }
    }

    /// The same elements in the same storage, without history.
    public func detached() throws(TensorError) -> Tensor {
        try Tensor.make("detached", [self]) { ctorch_detach(handle, $0) }
    }

    private func read<Element>(
        _ operation: String, _ zero: Element,
        _ call: (OpaquePointer, UnsafeMutablePointer<Element>, Int64) -> Int32
    ) throws(TensorError) -> [Element] {
        var elements = [Element](repeating: zero, count: count)
        try Tensor.check(operation, [self]) { call(handle, &elements, Int64(count)) }
        return elements
    }
}
