public import Learning
public import Tensor

/// Forecasts quantiles of the steps ahead, and tells which variables and which steps of the past it looked at.
///
/// Lim, Arık, Loeff & Pfister 2019, "Temporal Fusion Transformers for Interpretable Multi-horizon Time Series
/// Forecasting", arXiv:1912.09363, figure 2 and section 4. As there, step t of the horizon sees the past and the horizon
/// up to t. Every variable is a number: what has categories comes as one number for each.
///
/// Shapes: statics `[batch, static]`; past `[batch, lookback, observed + known]`, the observed first; future
/// `[batch, horizon, known]`.
public struct TemporalFusionTransformer: Network {
    public static let kind = "temporal-fusion-transformer"

    public let configuration: TemporalFusionConfiguration
    private let embeddings: (statics: VariableEmbedding, past: VariableEmbedding, future: VariableEmbedding)
    private let selections:
        (
            statics: VariableSelectionNetwork, past: VariableSelectionNetwork, future: VariableSelectionNetwork
        )
    /// From what stays the same: contexts for selection and enrichment, first states of the encoder.
    private let contexts:
        (
            select: GatedResidualNetwork, enrich: GatedResidualNetwork, hidden: GatedResidualNetwork,
            cell: GatedResidualNetwork
        )
    private let encoder: LSTM
    private let decoder: LSTM
    private let localGate: GatedAddNorm
    private let enrichment: GatedResidualNetwork
    private let attention: InterpretableMultiHeadAttention
    private let attentionGate: GatedAddNorm
    private let feedForward: GatedResidualNetwork
    private let outputGate: GatedAddNorm
    private let head: Linear
    /// Lets each step of the horizon look at the steps up to its own.
    private let mask: Tensor

    public init(
        _ configuration: TemporalFusionConfiguration, using random: inout some RandomNumberGenerator
    ) throws {
        try configuration.check()
        self.configuration = configuration
        let (width, dropout) = (configuration.width, configuration.dropout)
        let statics = configuration.statics.count
        let past = configuration.observed.count + configuration.known.count
        let future = configuration.known.count
        func network(_ random: inout some RandomNumberGenerator, context: Int? = nil) throws -> GatedResidualNetwork {
            try GatedResidualNetwork(
                inputs: width, hidden: width, outputs: width, context: context, dropout: dropout, using: &random)
        }
        func gate(_ random: inout some RandomNumberGenerator) throws -> GatedAddNorm {
            try GatedAddNorm(inputs: width, outputs: width, dropout: dropout, using: &random)
        }
        embeddings = (
            try VariableEmbedding(variables: statics, width: width, using: &random),
            try VariableEmbedding(variables: past, width: width, using: &random),
            try VariableEmbedding(variables: future, width: width, using: &random)
        )
        selections = (
            try VariableSelectionNetwork(variables: statics, width: width, dropout: dropout, using: &random),
            try VariableSelectionNetwork(
                variables: past, width: width, context: width, dropout: dropout, using: &random),
            try VariableSelectionNetwork(
                variables: future, width: width, context: width, dropout: dropout, using: &random)
        )
        contexts = (try network(&random), try network(&random), try network(&random), try network(&random))
        encoder = try LSTM(inputs: width, hidden: width, using: &random)
        decoder = try LSTM(inputs: width, hidden: width, using: &random)
        localGate = try gate(&random)
        enrichment = try network(&random, context: width)
        attention = try InterpretableMultiHeadAttention(
            width: width, heads: configuration.heads, dropout: dropout, using: &random)
        attentionGate = try gate(&random)
        feedForward = try network(&random)
        outputGate = try gate(&random)
        head = try Linear(inputs: width, outputs: configuration.quantiles.count, using: &random)
        let horizon = configuration.horizon
        mask = try Tensor.causalMask(queries: horizon, keys: configuration.lookback + horizon)
    }

    public var parts: [NamedLayer] {
        embeddings.statics.parts(of: "emb_static") + embeddings.past.parts(of: "emb_past")
            + embeddings.future.parts(of: "emb_future")
            + [
                ("vsn_static", selections.statics), ("vsn_past", selections.past), ("vsn_future", selections.future),
                ("ctx_select", contexts.select), ("ctx_enrich", contexts.enrich), ("ctx_h", contexts.hidden),
                ("ctx_c", contexts.cell), ("lstm_enc", encoder), ("lstm_dec", decoder), ("gan_lstm", localGate),
                ("enrich", enrichment), ("attn", attention), ("gan_attn", attentionGate), ("ff", feedForward),
                ("gan_ff", outputGate), ("head", head),
            ]
    }

    /// A forecast, and what it was made from.
    public struct Forecast {
        /// `[batch, horizon, quantile]`, in the unit of the targets.
        public let quantiles: Tensor
        /// The weights of the statics, `[batch, static]`; they sum up to one, as all weights here.
        public let staticWeights: Tensor
        /// The weights of the features at each step of the past, `[batch, lookback, observed + known]`.
        public let pastWeights: Tensor
        /// The weights of the features at each step of the horizon, `[batch, horizon, known]`.
        public let futureWeights: Tensor
        /// How much each step of the horizon looked at each step, `[batch, head, horizon, lookback + horizon]`.
        public let attention: Tensor
    }

    public func callAsFunction(
        statics: Tensor, past: Tensor, future: Tensor, _ pass: inout ForwardPass
    ) throws(TensorError) -> Forecast {
        let market = try selections.statics(embeddings.statics(statics), &pass)
        let selecting = try contexts.select(market.output, &pass).unsqueezed(1)
        let enriching = try contexts.enrich(market.output, &pass).unsqueezed(1)
        let hidden = try contexts.hidden(market.output, &pass).unsqueezed(0)
        let cell = try contexts.cell(market.output, &pass).unsqueezed(0)

        let before = try selections.past(embeddings.past(past), context: selecting, &pass)
        let ahead = try selections.future(embeddings.future(future), context: selecting, &pass)
        let encoded = try encoder(before.output, hidden: hidden, cell: cell)
        let decoded = try decoder(ahead.output, hidden: encoded.hidden, cell: encoded.cell)
        let states = try Tensor.concatenated([encoded.output, decoded.output], dimension: 1)
        let inputs = try Tensor.concatenated([before.output, ahead.output], dimension: 1)
        let local = try localGate(states, skip: inputs, &pass)

        let horizon = past.shape[1]..<local.shape[1]
        let enriched = try enrichment(local, context: enriching, &pass)
        let queries = try enriched.narrowed(dimension: 1, to: horizon)
        let attended = try attention(queries, enriched, mask: mask, &pass)
        let gated = try attentionGate(attended.output, skip: queries, &pass)
        let output = try outputGate(
            feedForward(gated, &pass), skip: local.narrowed(dimension: 1, to: horizon), &pass)
        return Forecast(
            quantiles: try head(output), staticWeights: market.weights, pastWeights: before.weights,
            futureWeights: ahead.weights, attention: attended.weights)
    }
}
