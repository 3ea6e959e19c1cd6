/// Samples to fit on and samples to judge by.
public struct Split: Codable, Sendable, Hashable {
    /// Indices of samples, rising.
    public let train: [Int]
    /// Indices of samples, rising; none of them is in ``train``.
    public let test: [Int]

    public init(train: [Int], test: [Int]) { (self.train, self.test) = (train, test) }
}
