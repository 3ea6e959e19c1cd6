public import Learning
public import Tensor

/// Convolutions for short patterns and an LSTM for the course of the window, joined to logits.
///
/// After Kim & Kim 2019, "Forecasting stock prices with a feature fusion LSTM-CNN model", PLoS ONE 14(2), e0212320; stacked it
/// is the CNN-LSTM of Lu et al. 2020, "A CNN-LSTM-based model to forecast stock prices", Complexity 2020, 6622927.
///
/// Shapes: `x [batch, time, feature]`, logits `[batch, output]`.
public struct LSTMCNN: Network {
    public static let kind = "lstm-cnn"

    public let configuration: LSTMCNNConfiguration
    private let convolutions: [Conv1d]
    private let lstm: LSTM
    private let fusion: Linear
    private let head: Linear
    private let dropout: Dropout

    public init(_ configuration: LSTMCNNConfiguration, using random: inout some RandomNumberGenerator) throws {
        try configuration.check()
        self.configuration = configuration
        var (convolutions, width): ([Conv1d], Int) = ([], configuration.features.count)
        for channels in configuration.channels {
            convolutions.append(
                try Conv1d(
                    inputs: width, outputs: channels, kernel: configuration.kernel, padding: configuration.kernel / 2,
                    using: &random))
            width = channels
        }
        self.convolutions = convolutions
        let isStacked = configuration.arrangement == .stacked
        lstm = try LSTM(
            inputs: isStacked ? width : configuration.features.count, hidden: configuration.hidden,
            layers: configuration.layers, using: &random)
        fusion = try Linear(
            inputs: configuration.hidden + (isStacked ? 0 : width), outputs: configuration.fusion, using: &random)
        head = try Linear(inputs: configuration.fusion, outputs: configuration.outputs, using: &random)
        dropout = Dropout(share: configuration.dropout)
    }

    public var parts: [NamedLayer] {
        convolutions.enumerated().map { ("conv\($0.offset + 1)", $0.element) }
            + [("lstm", lstm), ("fc1", fusion), ("fc2", head)]
    }

    public func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        let patterns = try patterns(x)
        let last: Tensor
        switch configuration.arrangement {
        case .stacked: last = try lstm(patterns).output.selected(dimension: 1, index: -1)
        case .beside:
            let course = try lstm(x).output.selected(dimension: 1, index: -1)
            last = try Tensor.concatenated([patterns.mean(dimension: 1), course], dimension: 1)
        }
        return try head(dropout(fusion(dropout(last, &pass)).relu(), &pass))
    }

    /// The states of the LSTM at each step that it reads, `[batch, step, hidden]`.
    public func states(_ x: Tensor) throws(TensorError) -> Tensor {
        try lstm(configuration.arrangement == .stacked ? patterns(x) : x).output
    }

    /// What the convolutions find, `[batch, time / pool, channel]`.
    private func patterns(_ x: Tensor) throws(TensorError) -> Tensor {
        var channels = try x.transposed(1, 2)
        for convolution in convolutions { channels = try convolution(channels).relu() }
        return try channels.maximumPool(kernel: configuration.pool, stride: configuration.pool).transposed(1, 2)
    }
}
