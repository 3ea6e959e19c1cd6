import Foundation
import Learning
import Models
import Schema
import Tensor
import TestTraits
import Testing

/// What a fit leaves, and a trainer registers, is a file for anyone: PyTorch's counterparts of ../Fixtures/networks.py read it
/// and answer as we do.
@Suite("Fitted networks in Python", .serialized, .longWork, .timeLimit(.minutes(20)))
struct FittedNetworkTests {
    private static let models = [
        "tft", "lstm-cnn", "multi-scale-lstm-cnn", "multi-timeframe", "transformer", "enhanced-transformer",
    ]

    /// Weights that the trained kind has after a fit of two epochs.
    private static func fitted(_ model: String) throws -> [UInt8] {
        let order = try SmallModels.order(model)
        var random = SplitMix64(seed: 11)
        let vectors = (0..<400).map { hour in
            vector(hour: hour, price: 1000 + 20 * random.share(), values: [random.share(), random.share()])
        }
        return try order.fit(task(dataset(vectors, for: order)))
    }

    private static func network(_ bytes: [UInt8]) throws -> any Network {
        let names = try SafeTensors(bytes: bytes).metadata.keys
        let kind = try #require(NetworkFixture.kinds.first { names.contains("tidegate.\($0.kind).v1") })
        return try kind.init(bytes: bytes)
    }

    /// The shapes of three samples' inputs, by the names that the counterparts give them.
    private static func shapes(of network: any Network) throws -> [String: [Int]] {
        switch network {
        case let network as TemporalFusionTransformer:
            let shape = network.configuration
            return [
                "statics": [3, shape.statics.count],
                "past": [3, shape.lookback, shape.observed.count + shape.known.count],
                "future": [3, shape.horizon, shape.known.count],
            ]
        case let network as MultiTimeframeModel:
            let (shape, paths) = (network.configuration, network.configuration.paths.enumerated())
            return Dictionary(
                uniqueKeysWithValues: paths.map { ("x\($0)", [3, $1.window, shape.features.count]) })
        case let network as LSTMCNN:
            return ["x": [3, network.configuration.window, network.configuration.features.count]]
        case let network as MultiScaleLSTMCNN:
            return ["x": [3, network.configuration.window, network.configuration.features.count]]
        case let network as SequenceTransformer:
            return ["x": [3, network.configuration.window, network.configuration.features.count]]
        case let network as EnhancedTransformer:
            return ["x": [3, network.configuration.window, network.configuration.features.count]]
        default: throw LearningError.configuration("\(type(of: network)) has no counterpart")
        }
    }

    @Test(
        "A fit's file opens in Python and gives the same outputs there", .enabled(if: Python.interpreter != nil),
        arguments: models)
    func opens(model: String) throws {
        let bytes = try Self.fitted(model)
        let network = try Self.network(bytes)
        var random = SplitMix64(seed: 12)
        let inputs = try Self.shapes(of: network).mapValues { shape in
            let values = (0..<shape.reduce(1, *)).map { _ in Float(random.share() * 2 - 1) }
            return try Tensor(values, shape: shape)
        }
        let wanted = try Python.outputs(of: bytes, inputs)
        var pass = ForwardPass.prediction
        let found = try outputs(of: network, inputs, &pass)
        #expect(Set(found.keys) == Set(wanted.entries.map(\.name)))
        for (key, value) in found { #expect(try worstGap(value, wanted.tensor(named: key)) <= 1e-5, "\(key)") }
    }
}
