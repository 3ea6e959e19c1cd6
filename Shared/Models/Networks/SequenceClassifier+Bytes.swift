internal import Foundation
internal import Learning
internal import Tensor

extension SequenceClassifier {
    private static let key = "tidegate.sequence-classifier.v1"

    /// The model as a safetensors file: weights, scaler and configuration.
    ///
    /// - Parameter metadata: more text to keep beside them, such as the feature set's hash; read it by ``SafeTensors``.
    /// - Returns: the same bytes for the same model and text.
    /// - Throws: ``TensorError`` when the weights cannot be read.
    public func bytes(metadata: [String: String] = [:]) throws -> [UInt8] {
        var file = SafeTensors(metadata: metadata)
        try describe(in: &file)
        try file.add(parameters, prefix: "weights.")
        return try file.bytes()
    }

    /// Loads what ``bytes(metadata:)`` wrote.
    ///
    /// - Throws: ``LearningError`` when the bytes are anything else.
    public init(bytes: [UInt8]) throws {
        let file = try SafeTensors(bytes: bytes)
        try self.init(describedIn: file)
        try file.assign(to: parameters, prefix: "weights.")
    }

    /// Adds configuration and scaler.
    func describe(in file: inout SafeTensors) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        file.metadata[Self.key] = String(decoding: try encoder.encode(configuration), as: UTF8.self)
        let shape = [scaler.mean.count]
        try file.add(
            [
                ("mean", Tensor(scaler.mean, shape: shape)), ("deviation", Tensor(scaler.deviation, shape: shape)),
            ], prefix: "scaler.")
    }

    /// A network with the configuration and the scaler of a file, and random parameters.
    init(describedIn file: SafeTensors) throws {
        guard let text = file.metadata[Self.key] else {
            throw LearningError.safeTensors("it holds no sequence classifier, or one of another version")
        }
        let configuration: SequenceConfiguration
        do {
            configuration = try JSONDecoder().decode(SequenceConfiguration.self, from: Data(text.utf8))
        } catch {
            throw LearningError.safeTensors("its configuration cannot be read")
        }
        let scaler = try StandardScaler(
            mean: file.tensor(named: "scaler.mean").doubles(),
            deviation: file.tensor(named: "scaler.deviation").doubles())
        try self.init(configuration, scaler: scaler)
    }
}
