public import Tensor

extension Tensor {
    /// A mask by which the newest `queries` of `keys` steps look at themselves and at older steps only.
    ///
    /// - Returns: `[queries, keys]`: zero where a query may look, minus infinity where it may not.
    public static func causalMask(
        queries: Int, keys: Int, type: ElementType = .float32
    ) throws(TensorError) -> Tensor {
        precondition(queries > 0 && queries <= keys, "the queries must be among the keys")
        let values = (0..<queries).flatMap { query in
            (0..<keys).map { $0 <= keys - queries + query ? 0 : -Double.infinity }
        }
        return try Tensor(values, shape: [queries, keys]).converted(to: type)
    }
}
