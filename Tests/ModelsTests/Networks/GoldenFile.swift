import Foundation
import Learning
import Tensor
import TestKit
import Testing

/// Weights, inputs and outputs of a network of golden/05_*.
struct GoldenFile: Decodable {
    struct Array: Decodable {
        let shape: [Int]
        let data: [Double]
    }

    private let inputs: [String: Array]
    private let outputs: [String: Array]
    let loss_mean_over_all: Double?
    let loss_sum_over_q_mean_over_BT: Double?

    /// Whether the suites that need the files must run: on CI their absence is a failure.
    static var isWanted: Bool { SharedData.folder != nil || SharedData.required }

    static var folder: URL {
        get throws { try #require(SharedData.folder, "the golden files are absent").appending(path: "golden") }
    }

    /// Reads the file and gives `layer` the weights, by name.
    static func load(_ name: String, into layer: some Layer) throws -> GoldenFile {
        let weights = try Data(contentsOf: folder.appending(path: "05_\(name).weights.safetensors"))
        try SafeTensors(bytes: [UInt8](weights)).assign(to: layer.state)
        return try JSONDecoder().decode(
            GoldenFile.self, from: Data(contentsOf: folder.appending(path: "05_\(name).io.json")))
    }

    func input(_ key: String) throws -> Tensor { try Self.tensor(inputs[key], key) }
    func output(_ key: String) throws -> Tensor { try Self.tensor(outputs[key], key) }
    var outputNames: Set<String> { Set(outputs.keys) }

    private static func tensor(_ array: Array?, _ key: String) throws -> Tensor {
        let array = try #require(array, "no array \(key)")
        return try Tensor(array.data.map { Float($0) }, shape: array.shape)
    }
}
