public import Learning
public import Tensor

/// A transformer that favours recent steps, sees the window in bars of several lengths, lets assets attend to each other,
/// and answers several questions at once.
///
/// The encoder is that of arXiv:1706.03762, normalising before each part (arXiv:2002.04745), since deep stacks train
/// more stably so, with GELU (arXiv:1606.08415); ``TemporalBias`` is added to its scores.
///
/// Shapes: `x [batch, window, feature]`, with several assets `[batch, asset, window, feature]`.
public struct EnhancedTransformer: Network {
    public static let kind = "enhanced-transformer"
    /// The classes of a move: far down, down, flat, up, far up.
    public static let classes = 5

    public let configuration: EnhancedTransformerConfiguration
    private let input: Linear
    private let position: PositionalEncoding
    private let bias: Tensor
    private let encoder: TransformerEncoder
    private let crossScale: CrossScaleAttention
    private let crossAsset: CrossAssetAttention?
    private let direction: Linear
    private let move: Linear
    private let logReturn: Linear
    private let volatility: Linear
    private let dropout: Dropout

    public init(
        _ configuration: EnhancedTransformerConfiguration, using random: inout some RandomNumberGenerator
    ) throws {
        try configuration.check()
        self.configuration = configuration
        let (width, heads, dropout) = (configuration.width, configuration.heads, configuration.dropout)
        input = try Linear(inputs: configuration.features.count, outputs: width, using: &random)
        position = try PositionalEncoding(length: configuration.window, width: width)
        bias = try TemporalBias.recent(configuration.window)
        encoder = try TransformerEncoder(
            layers: configuration.layers, width: width, heads: heads, feedForward: configuration.feedForward,
            dropout: dropout, activation: .gelu, normalization: .before, using: &random)
        crossScale = try CrossScaleAttention(
            scales: configuration.scales, width: width, heads: heads, dropout: dropout, using: &random)
        crossAsset =
            configuration.assets == 1
            ? nil : try CrossAssetAttention(width: width, heads: heads, dropout: dropout, using: &random)
        direction = try Linear(inputs: width, outputs: 1, using: &random)
        move = try Linear(inputs: width, outputs: Self.classes, using: &random)
        logReturn = try Linear(inputs: width, outputs: configuration.horizons, using: &random)
        volatility = try Linear(inputs: width, outputs: 1, using: &random)
        self.dropout = Dropout(share: dropout)
    }

    public var parts: [NamedLayer] {
        [("inp", input), ("enc", encoder), ("cross_scale", crossScale)]
            + (crossAsset.map { [("cross_asset", $0)] } ?? [])
            + [("direction", direction), ("classes", move), ("returns", logReturn), ("volatility", volatility)]
    }

    /// The answers; `..` is `batch`, with several assets `batch, asset`.
    public struct Output {
        /// The logit of up, `[..]`.
        public let direction: Tensor
        /// The logits of the classes of a move, `[.., 5]`.
        public let classes: Tensor
        /// The log return of each horizon, `[.., horizon]`.
        public let logReturns: Tensor
        /// The volatility, in the unit of its targets, above zero: `[..]`.
        public let volatility: Tensor
    }

    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Output {
        let (assets, rank) = (configuration.assets, x.shape.count)
        guard rank == (assets == 1 ? 3 : 4), assets == 1 || x.shape[1] == assets else {
            throw TensorError(
                operation: "EnhancedTransformer", shapes: [x.shape], reason: "the input must be of \(assets) assets")
        }
        let leading = Array(x.shape.dropLast(2))
        let samples = leading.reduce(1, *)
        let windows = try x.reshaped([samples] + x.shape.suffix(2))

        let rows = try dropout(position(input(windows)), &pass)
        let states = try encoder(rows, mask: bias, &pass)
        var summary = try crossScale(states, rows: rows, &pass).reshaped(leading + [configuration.width])
        if let crossAsset { summary = try crossAsset(summary, &pass) }
        let answer = try dropout(summary, &pass)
        return Output(
            direction: try direction(answer).reshaped(leading), classes: try move(answer),
            logReturns: try logReturn(answer), volatility: try volatility(answer).softplus().reshaped(leading))
    }
}
