internal import Foundation
internal import Learning
internal import Tensor

/// The enhanced transformer as a model of directions, which learns its four answers together.
///
/// The loss is the sum of the direction's cross-entropy, that of the move in five classes, the Huber loss of the log returns
/// over 1, 4 and 24 bars, and that of the volatility: the root of the mean square of the returns of the bars ahead.
enum EnhancedTransformerKind: NetworkKind {
    typealias Body = EnhancedTransformer

    static let name = "enhanced-transformer"
    static let summary = "a transformer that favours recent bars, across scales, with several answers"
    static let settings = NetworkSettings(
        EnhancedTransformerConfiguration(features: ["feature"]), window: 250, horizon: 24)

    /// Bars ahead whose log returns are forecast, and those after which a move is told in classes.
    private static let horizons = [1, 4, 24]
    private static let moveHorizon = 5

    static func shape(_ settings: Settings, for data: Dataset) -> EnhancedTransformerConfiguration {
        var shape = settings.shape
        (shape.features, shape.window, shape.assets) = (data.names, settings.window, 1)
        shape.horizons = horizons.count
        shape.scales = shape.scales.filter { $0 <= settings.window }
        return shape
    }

    static func loss(of body: Body, _ batch: LabelledBatch, _ pass: inout ForwardPass) throws -> Tensor {
        guard let steps = batch.path.first?.count, steps >= horizons[horizons.count - 1] else {
            throw LearningError.data("horizon must be \(horizons[horizons.count - 1]) or more")
        }
        let output = try body(batch.inputs.windows, &pass)
        let device = batch.inputs.windows.device
        let isTwoClasses = batch.inputs.context.classes == 2
        let scale = batch.inputs.context.returnScale
        let moves = batch.path.map { path in
            Int64(MoveBounds.standard.moveClass(of: exp(Double(path[moveHorizon - 1]) * scale) - 1).rawValue)
        }
        let returns = batch.path.flatMap { path in horizons.map { path[$0 - 1] } }
        let volatilities = batch.path.map { path in
            let squares = zip([0] + path, path).reduce(Float(0)) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }
            return (squares / Float(path.count)).squareRoot()
        }
        let classes =
            isTwoClasses
            ? try output.classes.crossEntropy(Tensor(moves, shape: [moves.count]).moved(to: device))
            : try batch.crossEntropy(output.classes)
        let told =
            try output.logReturns.huberLoss(Tensor(returns, shape: output.logReturns.shape).moved(to: device))
            + output.volatility.huberLoss(Tensor(volatilities, shape: [volatilities.count]).moved(to: device))
        let answers = try classes + told
        return isTwoClasses ? try answers + batch.crossEntropy(output.direction) : answers
    }

    static func probabilities(of body: Body, _ batch: WindowBatch, _ pass: inout ForwardPass) throws -> Tensor {
        let output = try body(batch.windows, &pass)
        return try batch.context.upProbability(batch.context.classes == 2 ? output.direction : output.classes)
    }
}
