/// One fit of a training: a kind of model, on the training samples of one fold, from one seed.
public struct Fit: Codable, Sendable, Hashable {
    public let model: String
    /// From 1 on; 0 is the version itself, which is fitted on the newest samples.
    public let fold: Int
    public let seed: UInt64

    public init(model: String, fold: Int, seed: UInt64) { (self.model, self.fold, self.seed) = (model, fold, seed) }

    /// The fold of the version itself.
    public static let version = 0
}
