internal import Learning
internal import Tensor

/// Reads the window of one timeframe, `[batch, time, feature]`, to its last state, `[batch, hidden]`.
enum TimeframeReader: Layer {
    case lstm(LSTM)
    case gru(GRU)
    case tcn(TemporalConvolutionalNetwork)

    init(
        _ reader: MultiTimeframeConfiguration.Reader, _ configuration: MultiTimeframeConfiguration,
        using random: inout some RandomNumberGenerator
    ) throws(TensorError) {
        let (inputs, hidden, layers) = (configuration.features.count, configuration.hidden, configuration.layers)
        switch reader {
        case .lstm: self = .lstm(try LSTM(inputs: inputs, hidden: hidden, layers: layers, using: &random))
        case .gru: self = .gru(try GRU(inputs: inputs, hidden: hidden, layers: layers, using: &random))
        case .tcn:
            self = .tcn(
                try TemporalConvolutionalNetwork(
                    inputs: inputs, hidden: hidden, layers: layers, dropout: configuration.dropout, using: &random))
        }
    }

    var parameters: [NamedTensor] {
        switch self {
        case .lstm(let lstm): lstm.parameters
        case .gru(let gru): gru.parameters
        case .tcn(let tcn): tcn.parameters
        }
    }

    func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        let output: Tensor
        switch self {
        case .lstm(let lstm): output = try lstm(x).output
        case .gru(let gru): output = try gru(x).output
        case .tcn(let tcn): output = try tcn(x, &pass)
        }
        return try output.selected(dimension: 1, index: -1)
    }
}
