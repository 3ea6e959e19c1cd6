import Foundation
import Learning
import Models
import Schema
import Tensor
import Testing

@Suite("Networks against golden/05", .enabled(if: GoldenFile.isWanted))
struct GoldenNetworkTests {
    private static let features = ["return", "range", "body", "volume", "place"]
    private var random = SplitMix64(seed: 1)
    private var pass = ForwardPass.prediction

    /// Compares all outputs of a file, to 1e-5 absolutely and relatively.
    private func expect(_ found: [String: Tensor], _ golden: GoldenFile, _ name: String) throws {
        #expect(Set(found.keys) == golden.outputNames)
        for (key, value) in found.sorted(by: { $0.key < $1.key }) {
            let gap = try worstGap(value, golden.output(key))
            print("golden 05_\(name) \(key): worst \(gap)")
            #expect(gap <= 1e-5, "\(key)")
        }
    }

    @Test("The temporal fusion transformer, its weights and both reductions of its loss")
    mutating func temporalFusion() throws {
        let model = try TemporalFusionTransformer(
            TemporalFusionConfiguration(
                statics: ["s", "t"], observed: Self.features, known: ["sin", "cos"], lookback: 24, horizon: 6,
                width: 16), using: &random)
        let golden = try GoldenFile.load("tft", into: model)
        let forecast = try model(
            statics: golden.input("static"), past: golden.input("past"), future: golden.input("future"), &pass)
        let loss = QuantileLoss(quantiles: model.configuration.quantiles)
        let target = try golden.input("target")
        try expect(
            [
                "quantiles": forecast.quantiles, "static_weights": forecast.staticWeights,
                "past_weights": forecast.pastWeights, "future_weights": forecast.futureWeights,
                "attention": forecast.attention, "loss_per_element": loss.elements(forecast.quantiles, target),
            ], golden, "tft")
        let mean = try #require(golden.loss_mean_over_all)
        let sum = try #require(golden.loss_sum_over_q_mean_over_BT)
        #expect(abs(try loss.mean(forecast.quantiles, target).item() - mean) < 1e-5)
        #expect(abs(try loss.sumOverQuantiles(forecast.quantiles, target).item() - sum) < 1e-5)
    }

    @Test("The CNN-LSTM: an LSTM stacked on convolutions")
    mutating func stacked() throws {
        let model = try LSTMCNN(
            LSTMCNNConfiguration(
                features: Self.features, window: 32, channels: [16, 32], hidden: 24, fusion: 16, outputs: 3,
                arrangement: .stacked), using: &random)
        let golden = try GoldenFile.load("cnn_lstm", into: model)
        let x = try golden.input("x")
        let logits = try model(x, &pass)
        try expect(
            ["logits": logits, "softmax": logits.softmax(dimension: 1), "lstm_out": model.states(x)], golden,
            "cnn_lstm")
    }

    @Test("The bidirectional LSTM-CNN, with the running statistics of its batch norm")
    mutating func bidirectional() throws {
        let model = try BidirectionalLSTMCNN(
            BidirectionalLSTMCNNConfiguration(features: Self.features, hidden: 24, channels: 16, outputs: 3),
            using: &random)
        let golden = try GoldenFile.load("lstm_cnn", into: model)
        let x = try golden.input("x")
        try expect(["logits": model(x, &pass), "conv_out": model.patterns(x, &pass)], golden, "lstm_cnn")
    }

    @Test("The transformer under either bias and none; its own favours the newest")
    mutating func transformer() throws {
        func model(favoursRecent: Bool) throws -> SequenceTransformer {
            try SequenceTransformer(
                SequenceTransformerConfiguration(
                    features: Self.features, window: 24, width: 16, heads: 2, layers: 2, feedForward: 32,
                    favoursRecent: favoursRecent, outputs: 3), using: &random)
        }
        let recent = try model(favoursRecent: true)
        let golden = try GoldenFile.load("decay_transformer", into: recent)
        let x = try golden.input("x")
        let literal = try recent.encoded(x, bias: golden.input("bias_literal").unsqueezed(0), &pass)
        let encoded = try recent.encoded(x, bias: TemporalBias.recent(24), &pass)
        let plain = try model(favoursRecent: false)
        _ = try GoldenFile.load("decay_transformer", into: plain)
        try expect(
            [
                "logits_literal": recent.logits(of: literal), "encoded_literal": literal,
                "logits_recent": recent(x, &pass), "encoded_recent": encoded, "logits_nobias": plain(x, &pass),
            ], golden, "decay_transformer")
        #expect(try worstGap(TemporalBias.recent(24), golden.input("bias_recent").unsqueezed(0)) < 1e-7)
    }

    @Test("The multi-timeframe model, its states and its attention")
    mutating func multiTimeframe() throws {
        let model = try MultiTimeframeModel(
            MultiTimeframeConfiguration(
                features: Self.features,
                paths: [
                    .init("15m", .lstm, window: 32), .init("1h", .lstm, window: 24), .init("4h", .lstm, window: 16),
                ],
                hidden: 16, outputs: 3), using: &random)
        let golden = try GoldenFile.load("mtf_lstm_attention", into: model)
        let output = try model(["x_15m", "x_1h", "x_4h"].map(golden.input), &pass)
        try expect(
            ["logits": output.logits, "last_hidden": output.states, "attention_per_head": output.attention], golden,
            "mtf_lstm_attention")
    }

    @Test("Every file of golden/05 is one that a test compares with")
    func complete() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: GoldenFile.folder.path).filter {
            $0.hasPrefix("05_")
        }
        // In this suite, and in the suites of blocks, losses and optimizers of LearningTests.
        let networks = ["tft", "cnn_lstm", "lstm_cnn", "decay_transformer", "mtf_lstm_attention"]
        let blocks = ["grn", "grn_identity", "vsn", "interpretable_mha"]
        let compared = (networks + blocks).flatMap { ["05_\($0).weights.safetensors", "05_\($0).io.json"] }
        let others = [
            "05_losses.json", "05_optim.json", "05_adamw.initial.safetensors", "05_adamw.after5.safetensors",
        ]
        #expect(Set(files) == Set(compared + others))
    }
}
