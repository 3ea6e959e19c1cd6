extension Array {
    /// At most `limit` of the elements, evenly over all; all without a limit.
    func spread(_ limit: Int?) -> [Element] {
        guard let limit, limit < count else { return self }
        return (0..<limit).map { self[$0 * count / limit] }
    }
}
