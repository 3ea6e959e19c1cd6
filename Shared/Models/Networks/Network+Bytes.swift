internal import Foundation
internal import Learning
internal import Schema

extension Network {
    private static var key: String { "tidegate.\(kind).v1" }

    /// The network as a safetensors file: parameters and buffers with PyTorch's names, and the configuration as text.
    ///
    /// - Parameter metadata: more text to keep beside it; read it by ``SafeTensors``.
    /// - Returns: the same bytes for the same network and text.
    /// - Throws: ``TensorError`` when the tensors cannot be read.
    public func bytes(metadata: [String: String] = [:]) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var file = SafeTensors(metadata: metadata)
        file.metadata[Self.key] = String(decoding: try encoder.encode(configuration), as: UTF8.self)
        try file.add(state)
        return try file.bytes()
    }

    /// Loads what ``bytes(metadata:)`` wrote.
    ///
    /// - Throws: ``LearningError`` when the bytes are anything else.
    public init(bytes: [UInt8]) throws {
        let file = try SafeTensors(bytes: bytes)
        guard let text = file.metadata[Self.key] else {
            throw LearningError.safeTensors("it holds no \(Self.kind) of this version")
        }
        let configuration: Configuration
        do {
            configuration = try JSONDecoder().decode(Configuration.self, from: Data(text.utf8))
        } catch {
            throw LearningError.safeTensors("its configuration cannot be read")
        }
        // Any values: the file's replace them all, or it is refused.
        var random = SplitMix64(seed: 0)
        try self.init(configuration, using: &random)
        try file.assign(to: state)
    }
}
