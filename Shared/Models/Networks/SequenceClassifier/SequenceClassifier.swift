public import Learning
public import Tensor

/// An LSTM over the window, of which the last step gives the logits.
///
/// Hochreiter & Schmidhuber 1997, "Long Short-Term Memory", Neural Computation 9(8).
///
/// Shapes: `x [batch, window, feature]`, logits `[batch, output]`.
public struct SequenceClassifier: Network {
    public static let kind = "sequence-classifier"

    public let configuration: SequenceConfiguration
    private let lstm: LSTM
    private let head: Linear
    private let dropout: Dropout

    public init(_ configuration: SequenceConfiguration, using random: inout some RandomNumberGenerator) throws {
        try configuration.check()
        self.configuration = configuration
        lstm = try LSTM(
            inputs: configuration.features.count, hidden: configuration.hidden, layers: configuration.layers,
            using: &random)
        head = try Linear(inputs: configuration.hidden, outputs: configuration.outputs, using: &random)
        dropout = Dropout(share: configuration.dropout)
    }

    public var parts: [NamedLayer] { [("lstm", lstm), ("head", head)] }

    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        try head(dropout(lstm(x).output.selected(dimension: 1, index: -1), &pass))
    }
}
