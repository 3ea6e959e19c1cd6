internal import Foundation
internal import Learning
internal import Tensor

extension SequenceClassifier {
    private static let kind = "tidegate.sequence-classifier."
    /// The second version has a robust scaler, where the first had one of means and deviations.
    private static let key = kind + "v2"

    /// The model as a safetensors file: weights, scaler and configuration.
    ///
    /// - Parameter metadata: more text to keep beside them, such as the feature set's hash; read it by ``SafeTensors``.
    /// - Returns: the same bytes for the same model and text.
    /// - Throws: ``TensorError`` when the weights cannot be read.
    public func bytes(metadata: [String: String] = [:]) throws -> [UInt8] {
        var file = SafeTensors(metadata: metadata)
        try describe(in: &file)
        try file.add(state, prefix: "weights.")
        return try file.bytes()
    }

    /// Loads what ``bytes(metadata:)`` wrote.
    ///
    /// - Throws: ``LearningError`` when the bytes are anything else.
    public init(bytes: [UInt8]) throws {
        let file = try SafeTensors(bytes: bytes)
        try self.init(describedIn: file)
        try file.assign(to: state, prefix: "weights.")
    }

    /// Adds configuration and scaler.
    func describe(in file: inout SafeTensors) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        file.metadata[Self.key] = String(decoding: try encoder.encode(configuration), as: UTF8.self)
        let shape = [scaler.centre.count]
        try file.add(
            [
                ("centre", Tensor(scaler.centre, shape: shape)), ("scale", Tensor(scaler.scale, shape: shape)),
            ], prefix: "scaler.")
    }

    /// A network with the configuration and the scaler of a file, and random parameters.
    init(describedIn file: SafeTensors) throws {
        guard let text = file.metadata[Self.key] else {
            let other = file.metadata.keys.sorted().first { $0.hasPrefix(Self.kind) }
            throw LearningError.safeTensors(
                other.map { "it holds \($0), and only \(Self.key) can be read: train it anew" }
                    ?? "it holds no sequence classifier")
        }
        let configuration: SequenceConfiguration
        do {
            configuration = try JSONDecoder().decode(SequenceConfiguration.self, from: Data(text.utf8))
        } catch {
            throw LearningError.safeTensors("its configuration cannot be read")
        }
        let scaler = try RobustScaler(
            centre: file.tensor(named: "scaler.centre").doubles(), scale: file.tensor(named: "scaler.scale").doubles())
        try self.init(configuration, scaler: scaler)
    }
}
