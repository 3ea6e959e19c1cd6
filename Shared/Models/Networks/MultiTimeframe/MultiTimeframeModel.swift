public import Learning
public import Tensor

/// A reader for each timeframe, attention between what they say, and a layer that joins them to logits.
///
/// The readers are an LSTM (Hochreiter & Schmidhuber 1997), a GRU (arXiv:1406.1078) or a temporal convolutional network
/// (arXiv:1803.01271); the attention that of arXiv:1706.03762, whose weights tell which timeframe listened to which.
public struct MultiTimeframeModel: Network {
    public static let kind = "multi-timeframe"

    public let configuration: MultiTimeframeConfiguration
    private let readers: [TimeframeReader]
    private let attention: MultiheadAttention
    private let norm: LayerNorm
    private let fusion: Linear
    private let head: Linear
    private let dropout: Dropout

    public init(_ configuration: MultiTimeframeConfiguration, using random: inout some RandomNumberGenerator) throws {
        try configuration.check()
        self.configuration = configuration
        let hidden = configuration.hidden
        readers = try configuration.paths.map { try TimeframeReader($0.reader, configuration, using: &random) }
        attention = try MultiheadAttention(
            width: hidden, heads: configuration.heads, dropout: configuration.dropout, using: &random)
        norm = try LayerNorm(size: hidden)
        fusion = try Linear(inputs: configuration.paths.count * hidden, outputs: configuration.fusion, using: &random)
        head = try Linear(inputs: configuration.fusion, outputs: configuration.outputs, using: &random)
        dropout = Dropout(share: configuration.dropout)
    }

    public var parts: [NamedLayer] {
        zip(configuration.paths, readers).map { ("\($0.reader.rawValue)_\($0.timeframe)", $1) }
            + [("attn", attention), ("norm", norm), ("fc1", fusion), ("fc2", head)]
    }

    /// What the model says, and how the timeframes listened to each other.
    public struct Output {
        /// `[batch, output]`.
        public let logits: Tensor
        /// The last state of each reader, `[batch, path, hidden]`.
        public let states: Tensor
        /// How much each timeframe listened to each, `[batch, head, path, path]`; rows sum up to one.
        public let attention: Tensor
    }

    /// Reads one window a timeframe, `[batch, bar, feature]` each, in the order of the configuration's paths.
    public func callAsFunction(_ windows: [Tensor], _ pass: inout ForwardPass) throws(TensorError) -> Output {
        guard windows.count == readers.count else {
            throw TensorError(
                operation: "MultiTimeframeModel", shapes: windows.map(\.shape),
                reason: "there must be \(readers.count) windows")
        }
        var read: [Tensor] = []
        for (reader, window) in zip(readers, windows) { read.append(try reader(window, &pass)) }
        let states = try Tensor.stacked(read, dimension: 1)
        let heard = try attention.weighted(states, states, &pass)
        let joined = try norm(states + heard.output).reshaped([states.shape[0], states.shape[1] * states.shape[2]])
        let logits = try head(dropout(fusion(joined).relu(), &pass))
        return Output(logits: logits, states: states, attention: heard.weights)
    }
}
