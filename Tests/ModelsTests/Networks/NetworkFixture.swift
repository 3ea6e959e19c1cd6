import Foundation
import Learning
import Models
import Schema
import Tensor
import Testing

/// A network that PyTorch drew and ran: ../Fixtures/networks.py.
struct NetworkFixture: CustomTestStringConvertible, Sendable {
    /// Each kind of network, in the arrangements that it has.
    static let names = [
        "temporal-fusion-transformer", "lstm-cnn", "lstm-cnn-stacked", "bidirectional-lstm-cnn",
        "multi-scale-lstm-cnn", "multi-timeframe", "sequence-transformer", "sequence-transformer-recent",
        "enhanced-transformer", "enhanced-transformer-assets",
    ]

    static let kinds: [any Network.Type] = [
        TemporalFusionTransformer.self, LSTMCNN.self, BidirectionalLSTMCNN.self, MultiScaleLSTMCNN.self,
        MultiTimeframeModel.self, SequenceTransformer.self, EnhancedTransformer.self,
    ]

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures")

    let name: String
    let file: SafeTensors

    init(_ name: String) throws {
        self.name = name
        let bytes = try Data(contentsOf: Self.folder.appending(path: "Networks/\(name).safetensors"))
        file = try SafeTensors(bytes: Array(bytes))
    }

    var testDescription: String { name }

    /// A network of the fixture's configuration with parameters of our own.
    func network(seed: UInt64) throws -> any Network {
        let kind = try #require(Self.kinds.first { $0.kind == file.metadata["kind"] })
        return try make(kind, seed: seed)
    }

    private func make<Kind: Network>(_ kind: Kind.Type, seed: UInt64) throws -> any Network {
        var random = SplitMix64(seed: seed)
        let text = try #require(file.metadata["configuration"])
        return try Kind(JSONDecoder().decode(Kind.Configuration.self, from: Data(text.utf8)), using: &random)
    }

    /// The network with the fixture's state.
    func loaded() throws -> any Network {
        let network = try network(seed: 1)
        try file.assign(to: network.state, prefix: "state.")
        return network
    }

    var inputs: [String: Tensor] { get throws { try tensors("inputs.") } }
    var outputs: [String: Tensor] { get throws { try tensors("outputs.") } }

    private func tensors(_ prefix: String) throws -> [String: Tensor] {
        let names = file.entries.map(\.name).filter { $0.hasPrefix(prefix) }
        return Dictionary(
            uniqueKeysWithValues: try names.map { (String($0.dropFirst(prefix.count)), try file.tensor(named: $0)) })
    }
}

/// Runs a network of any kind on inputs by name, as PyTorch's counterpart takes them.
func outputs(
    of network: any Network, _ inputs: [String: Tensor], _ pass: inout ForwardPass
) throws -> [String: Tensor] {
    func input(_ name: String) throws -> Tensor { try #require(inputs[name], "no input \(name)") }
    switch network {
    case let network as LSTMCNN: return ["logits": try network(input("x"), &pass)]
    case let network as BidirectionalLSTMCNN: return ["logits": try network(input("x"), &pass)]
    case let network as MultiScaleLSTMCNN: return ["logits": try network(input("x"), &pass)]
    case let network as SequenceTransformer: return ["logits": try network(input("x"), &pass)]
    case let network as MultiTimeframeModel:
        let output = try network(inputs.keys.sorted().map(input), &pass)
        return ["logits": output.logits, "states": output.states, "attention": output.attention]
    case let network as EnhancedTransformer:
        let output = try network(input("x"), &pass)
        return [
            "direction": output.direction, "classes": output.classes, "log_returns": output.logReturns,
            "volatility": output.volatility,
        ]
    case let network as TemporalFusionTransformer:
        let forecast = try network(
            statics: input("statics"), past: input("past"), future: input("future"), &pass)
        return [
            "quantiles": forecast.quantiles, "static_weights": forecast.staticWeights,
            "past_weights": forecast.pastWeights, "future_weights": forecast.futureWeights,
            "attention": forecast.attention,
        ]
    default: throw LearningError.configuration("\(type(of: network)) has no counterpart")
    }
}

/// The largest distance that is over `tolerance` absolutely and relatively, as a share of what is allowed; infinite when
/// shapes differ.
func worstGap(_ found: Tensor, _ wanted: Tensor) throws -> Double {
    guard found.shape == wanted.shape else { return .infinity }
    return zip(try found.doubles(), try wanted.doubles()).reduce(0) { worst, pair in
        let gap = abs(pair.0 - pair.1) / (1 + abs(pair.1))
        return gap.isNaN ? .infinity : max(worst, gap)
    }
}
