public import Learning
public import Tensor

/// A weighted sum of the newest row's features, as log-odds.
///
/// Shapes: `x [batch, window, feature]`, logits `[batch, output]`.
public struct LogisticRegression: Network {
    public static let kind = "logistic-regression"

    public let configuration: LogisticRegressionConfiguration
    private let head: Linear

    public init(
        _ configuration: LogisticRegressionConfiguration, using random: inout some RandomNumberGenerator
    ) throws {
        try configuration.check()
        self.configuration = configuration
        head = try Linear(inputs: configuration.features.count, outputs: configuration.outputs, using: &random)
    }

    public var parts: [NamedLayer] { [("head", head)] }

    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        try head(x.selected(dimension: 1, index: -1))
    }
}

/// The shape of a ``LogisticRegression``.
public struct LogisticRegressionConfiguration: NetworkConfiguration {
    /// The names of the features, in the order of a row.
    public var features: [String]
    /// The number of logits.
    public var outputs: Int

    public init(features: [String], outputs: Int = 1) { (self.features, self.outputs) = (features, outputs) }

    /// It is small already.
    public var quick: LogisticRegressionConfiguration { self }

    public func check() throws(LearningError) {
        try LearningError.requireNames(features, "features")
        try LearningError.require((1...1000).contains(outputs), "outputs must be in 1...1000")
    }
}
