internal import Foundation
internal import Learning
internal import Schema
internal import Tensor

extension LSTMKind {
    /// Also reads what builds wrote when this was the only network, so that models that were in force then stay so.
    static func model(from bytes: [UInt8]) throws -> any DirectionModel {
        let file = try SafeTensors(bytes: bytes)
        guard let text = file.metadata["tidegate.sequence-classifier.v2"] else {
            return try ServedNetwork<Self>(SequenceClassifier(bytes: bytes), NetworkContext(file))
        }
        let former: FormerConfiguration
        do {
            former = try JSONDecoder().decode(FormerConfiguration.self, from: Data(text.utf8))
        } catch {
            throw LearningError.safeTensors("its configuration cannot be read")
        }
        // Any values: the file's replace them all, or it is refused.
        var random = SplitMix64(seed: 0)
        let body = try SequenceClassifier(
            SequenceConfiguration(
                features: former.features, hidden: former.hidden, layers: former.layers, dropout: former.dropout),
            using: &random)
        try file.assign(to: body.state, prefix: "weights.")
        let scaler = try RobustScaler(
            centre: file.tensor(named: "scaler.centre").doubles(), scale: file.tensor(named: "scaler.scale").doubles())
        guard scaler.centre.count == former.features.count else {
            throw LearningError.safeTensors("the scaler has \(scaler.centre.count) columns")
        }
        return ServedNetwork<Self>(
            body,
            NetworkContext(
                window: former.window, timeframe: .hour1, instruments: [], classes: 2, returnScale: 1, scaler: scaler,
                predictionBatch: former.predictionBatch))
    }

    /// Of what those builds wrote of a model's shape, the part that predictions need.
    private struct FormerConfiguration: Decodable {
        let features: [String]
        let window: Int
        let hidden: Int
        let layers: Int
        let dropout: Double
        let predictionBatch: Int
    }
}
