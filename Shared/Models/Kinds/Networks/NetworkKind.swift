internal import Learning
internal import Tensor

/// A kind of model that is a network: how it is shaped for the data, what it reads of a window, what it learns, and how
/// likely it says up is.
///
/// Everything else, from scaler and epochs to files and serving, is the same for all.
protocol NetworkKind: ModelKind where Settings == NetworkSettings<Body.Configuration> {
    associatedtype Body: Network

    /// The configured shape, with what the data decide.
    static func shape(_ settings: Settings, for data: Dataset) -> Body.Configuration

    /// The mean loss of a batch that is learned from.
    static func loss(of body: Body, _ batch: LabelledBatch, _ pass: inout ForwardPass) throws -> Tensor

    /// The probability of up of each window, `[batch]`.
    static func probabilities(of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass) throws -> Tensor

    /// The times ahead, in nanoseconds, whose quantiles are told; none by networks that forecast none.
    static func quantileHorizons(_ settings: Settings, for data: Dataset) -> [Int64]

    /// All that is said of each window: the probability alone, unless the network forecasts more.
    static func forecasts(
        of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass
    ) throws -> [DirectionForecast]

    /// How much the inputs of these windows counted, by the network's own weights; none where it has no such weights.
    static func shares(of body: Body, _ batch: WindowBatch) throws -> [InputShares]
}

extension NetworkKind {
    static func quantileHorizons(_ settings: Settings, for data: Dataset) -> [Int64] { [] }

    static func forecasts(
        of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass
    ) throws -> [DirectionForecast] {
        try probabilities(of: body, batch, &pass).floats().map { DirectionForecast(probability: $0) }
    }

    static func shares(of body: Body, _ batch: WindowBatch) throws -> [InputShares] { [] }

    static var quickSettings: Settings { settings.quick }

    static func fit(_ task: FittingTask, _ settings: Settings, _ watch: FittingWatch) throws -> [UInt8] {
        try NetworkFit<Self>(task, settings).run(watch)
    }

    static func model(from bytes: [UInt8]) throws -> any DirectionModel {
        try ServedNetwork<Self>(Body(bytes: bytes), NetworkContext(SafeTensors(bytes: bytes)))
    }
}

/// A network that gives logits of the labels' classes, and needs nothing else of a window.
///
/// Shapes: `x [batch, window, feature]`, logits `[batch, output]`.
protocol WindowClassifier: Network {
    func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor
}

extension LogisticRegression: WindowClassifier {}
extension LSTMCNN: WindowClassifier {}
extension MultiScaleLSTMCNN: WindowClassifier {}
extension SequenceClassifier: WindowClassifier {}
extension SequenceTransformer: WindowClassifier {}

extension NetworkKind where Body: WindowClassifier {
    static func loss(of body: Body, _ batch: LabelledBatch, _ pass: inout ForwardPass) throws -> Tensor {
        try batch.crossEntropy(body(batch.inputs.windows, &pass))
    }

    static func probabilities(of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass) throws -> Tensor {
        try batch.context.upProbability(body(batch.windows, &pass))
    }
}
