public import Learning
internal import Schema
public import Tensor

/// A classifier of windows into down and up: LSTM, last step, one logit.
///
/// Shapes: windows `[batch, time, feature]`, logits `[batch]`. It owns its scaler, so it takes features as they come.
public struct SequenceClassifier: CompositeLayer {
    public let configuration: SequenceConfiguration
    /// Fitted to the training windows; the network sees scaled features.
    public let scaler: RobustScaler
    let lstm: LSTM
    let head: Linear
    private let dropout: Dropout

    /// A network with random parameters.
    public init(_ configuration: SequenceConfiguration, scaler: RobustScaler? = nil) throws {
        try configuration.check()
        let scaler = scaler ?? RobustScaler(identity: configuration.features.count)
        guard scaler.centre.count == configuration.features.count else {
            throw LearningError.data("the scaler has \(scaler.centre.count) columns")
        }
        // A stream of its own: the training's begins at the seed itself.
        var random = SplitMix64(seed: configuration.training.seed ^ 0x5EED_0F_1A7E)
        self.configuration = configuration
        self.scaler = scaler
        lstm = try LSTM(
            inputs: configuration.features.count, hidden: configuration.hidden, layers: configuration.layers,
            using: &random)
        head = try Linear(inputs: configuration.hidden, outputs: 1, using: &random)
        dropout = Dropout(share: configuration.dropout)
    }

    public var parts: [NamedLayer] { [("lstm", lstm), ("head", head)] }

    /// The logits of scaled windows.
    public func callAsFunction(_ windows: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor {
        let last = try lstm(windows).output.selected(dimension: 1, index: -1)
        return try head(dropout(last, &pass)).reshaped([windows.shape[0]])
    }

    /// The probability of up for each of `count` windows `[count, time, feature]`, unscaled.
    ///
    /// Runs at one fixed batch shape, filled up with zeros, and on one thread: the bits of a window's probability do
    /// not depend on the windows beside it, on its place, or on their number.
    public func probabilities(of windows: [Float], count: Int) throws -> [Float] {
        let size = configuration.window * configuration.features.count
        guard count >= 0, windows.count == count * size else {
            throw LearningError.data("\(windows.count) values are no \(count) windows of \(size)")
        }
        let batch = configuration.predictionBatch
        let scaled = scaler(windows)
        var probabilities: [Float] = []
        probabilities.reserveCapacity(count)
        for start in stride(from: 0, to: count, by: batch) {
            let end = min(start + batch, count)
            var values = [Float](repeating: 0, count: batch * size)
            values.replaceSubrange(0..<((end - start) * size), with: scaled[(start * size)..<(end * size)])
            let shape = [batch, configuration.window, configuration.features.count]
            var pass = ForwardPass.prediction
            let result = try Torch.withThreads(1) {
                try withoutGradient { try self(Tensor(values, shape: shape), &pass).sigmoid().floats() }
            }
            probabilities += result[..<(end - start)]
        }
        return probabilities
    }

    /// The probability of up for one window `[time, feature]`, unscaled.
    public func probability(of window: [Float]) throws -> Float {
        try probabilities(of: window, count: 1)[0]
    }
}
