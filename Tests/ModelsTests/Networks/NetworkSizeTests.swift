import Learning
import Models
import Schema
import Testing

/// The sizes that the models are specified at; the expected counts are sums over their layers, written out.
@Suite("Sizes of the networks")
struct NetworkSizeTests {
    private var random = SplitMix64(seed: 1)
    private let features = ["open", "high", "low", "close", "volume"]

    private func linear(_ inputs: Int, _ outputs: Int) -> Int { inputs * outputs + outputs }
    private func convolution(_ inputs: Int, _ outputs: Int, _ kernel: Int) -> Int { (inputs * kernel + 1) * outputs }
    private func recurrent(_ gates: Int, _ inputs: Int, _ hidden: Int) -> Int { gates * hidden * (inputs + hidden + 2) }
    private func attention(_ width: Int) -> Int { 4 * linear(width, width) }

    private func encoder(_ layers: Int, _ width: Int, _ feedForward: Int) -> Int {
        layers * (attention(width) + linear(width, feedForward) + linear(feedForward, width) + 4 * width)
    }

    private func residual(_ inputs: Int, _ hidden: Int, _ outputs: Int, context: Int = 0) -> Int {
        linear(inputs, hidden) + linear(hidden, hidden) + linear(hidden, 2 * outputs) + 2 * outputs
            + context * hidden + (inputs == outputs ? 0 : linear(inputs, outputs))
    }

    @Test("Temporal fusion transformer: a week back, a day ahead, quantiles 10, 50 and 90")
    mutating func temporalFusion() throws {
        let configuration = TemporalFusionConfiguration(statics: ["btc"], observed: features, known: ["hour", "day"])
        #expect(configuration.lookback == 168 && configuration.horizon == 24)
        #expect(configuration.quantiles == [0.1, 0.5, 0.9])
        let (width, variables) = (32, [1, 7, 2])
        let selections = variables.map { count in
            linear(1, width) * count + count * residual(width, width, width)
                + residual(count * width, width, count, context: count == 1 ? 0 : width)
        }
        let gate = linear(width, 2 * width) + 2 * width
        let attention = 2 * 4 * linear(width, 8) + linear(width, 8) + 8 * width
        let expected =
            selections.reduce(0, +) + 4 * residual(width, width, width) + 2 * recurrent(4, width, width) + 3 * gate
            + residual(width, width, width, context: width) + attention + residual(width, width, width)
            + linear(width, 3)
        let network = try TemporalFusionTransformer(configuration, using: &random)
        #expect(network.parameterCount == expected)
        #expect(try TemporalFusionTransformer(configuration.quick, using: &random).parameterCount < expected / 2)
    }

    @Test("LSTM-CNN: convolutions 5 → 64 → 128 beside two LSTM layers of 128")
    mutating func lstmCNN() throws {
        let configuration = LSTMCNNConfiguration(features: features)
        #expect(configuration.dropout == 0.2)
        let expected =
            convolution(5, 64, 3) + convolution(64, 128, 3) + recurrent(4, 5, 128) + recurrent(4, 128, 128)
            + linear(256, 64) + linear(64, 1)
        #expect(try LSTMCNN(configuration, using: &random).parameterCount == expected)
        #expect(try LSTMCNN(configuration.quick, using: &random).parameterCount < expected / 10)
    }

    @Test("Multi-scale LSTM-CNN: three scales of 64, LSTM 192 → 128 twice, 8 heads")
    mutating func multiScale() throws {
        let configuration = MultiScaleConfiguration(features: features)
        #expect(configuration.scales == [1, 5, 15] && configuration.heads == 8)
        let expected =
            3 * convolution(5, 64, 3) + recurrent(4, 192, 128) + recurrent(4, 128, 128) + attention(128) + 256
            + linear(128, 1)
        #expect(try MultiScaleLSTMCNN(configuration, using: &random).parameterCount == expected)
    }

    @Test("Multi-timeframe model: 15m, 4h and 1d by LSTM, GRU and temporal convolutions")
    mutating func multiTimeframe() throws {
        let configuration = MultiTimeframeConfiguration(features: features)
        #expect(configuration.paths.map(\.timeframe) == ["15m", "4h", "1d"])
        let tcn = convolution(5, 64, 3) + convolution(64, 64, 3) + convolution(5, 64, 1)
        let expected =
            recurrent(4, 5, 64) + recurrent(3, 5, 64) + tcn + attention(64) + 128 + linear(192, 32) + linear(32, 1)
        #expect(try MultiTimeframeModel(configuration, using: &random).parameterCount == expected)
    }

    @Test("Transformer: width 256, 8 heads, 6 layers")
    mutating func transformer() throws {
        let configuration = SequenceTransformerConfiguration(features: features)
        #expect(configuration.heads == 8)
        let expected = linear(5, 256) + encoder(6, 256, 1024) + linear(256, 1)
        #expect(try SequenceTransformer(configuration, using: &random).parameterCount == expected)
    }

    @Test("Enhanced transformer: 250 steps, width 512, 16 heads, 8 layers, feed-forward 2048, dropout 0.15")
    mutating func enhanced() throws {
        var configuration = EnhancedTransformerConfiguration(features: features)
        #expect(configuration.window == 250 && configuration.heads == 16 && configuration.dropout == 0.15)
        #expect(configuration.scales == [5, 15, 30, 60])
        let attending = attention(512) + 1024
        let expected =
            linear(5, 512) + encoder(8, 512, 2048) + 1024 + 4 * linear(512, 512) + attending
            + linear(512, 1) + linear(512, 5) + linear(512, 3) + linear(512, 1)
        #expect(try EnhancedTransformer(configuration, using: &random).parameterCount == expected)
        configuration = configuration.quick
        let small = try EnhancedTransformer(configuration, using: &random).parameterCount
        configuration.assets = 3
        let several = try EnhancedTransformer(configuration, using: &random).parameterCount
        #expect(several == small + attention(32) + 64)
    }

    @Test("Numbers outside their range are refused")
    func refused() {
        func refuse<Configuration: NetworkConfiguration>(
            _ good: Configuration, _ changes: [(inout Configuration) -> Void]
        ) {
            #expect(throws: Never.self) { try good.check() }
            for (number, change) in changes.enumerated() {
                var bad = good
                change(&bad)
                #expect(throws: LearningError.self, "\(Configuration.self), change \(number)") { try bad.check() }
            }
        }
        refuse(
            TemporalFusionConfiguration(statics: ["s"], observed: features, known: ["hour"]),
            [
                { $0.statics = [] }, { $0.known = [] }, { $0.known = ["open"] }, { $0.lookback = 0 },
                { $0.horizon = 0 }, { $0.width = 30 }, { $0.heads = 0 }, { $0.quantiles = [] },
                { $0.quantiles = [0.5, 0.5] }, { $0.quantiles = [0, 0.5] }, { $0.dropout = 1 },
            ])
        refuse(
            LSTMCNNConfiguration(features: features),
            [
                { $0.features = [] }, { $0.features = ["a", "a"] }, { $0.window = 0 }, { $0.channels = [] },
                { $0.channels = [0] }, { $0.kernel = 2 }, { $0.pool = 0 }, { $0.pool = 61 }, { $0.hidden = 0 },
                { $0.layers = 0 }, { $0.fusion = 0 }, { $0.outputs = 0 }, { $0.dropout = -0.1 },
            ])
        refuse(
            BidirectionalLSTMCNNConfiguration(features: features),
            [
                { $0.features = [] }, { $0.hidden = 0 }, { $0.channels = 0 }, { $0.kernel = 4 }, { $0.outputs = 0 },
                { $0.dropout = 1 },
            ])
        refuse(
            MultiScaleConfiguration(features: features),
            [
                { $0.features = [] }, { $0.window = 0 }, { $0.scales = [] }, { $0.scales = [1, 1] },
                { $0.scales = [61] }, { $0.channels = 0 }, { $0.kernel = 0 }, { $0.heads = 7 }, { $0.layers = 0 },
                { $0.outputs = 0 }, { $0.dropout = 1 },
            ])
        refuse(
            MultiTimeframeConfiguration(features: features),
            [
                { $0.features = [] }, { $0.paths = [] }, { $0.paths[1].timeframe = "15m" }, { $0.paths[0].window = 0 },
                { $0.hidden = 66 }, { $0.layers = 0 }, { $0.fusion = 0 }, { $0.outputs = 0 }, { $0.dropout = 1 },
            ])
        refuse(
            SequenceTransformerConfiguration(features: features),
            [
                { $0.features = [] }, { $0.window = 0 }, { $0.width = 250 }, { $0.layers = 0 }, { $0.feedForward = 0 },
                { $0.outputs = 0 }, { $0.dropout = 1 },
            ])
        refuse(
            EnhancedTransformerConfiguration(features: features),
            [
                { $0.features = [] }, { $0.window = 0 }, { $0.width = 500 }, { $0.layers = 0 }, { $0.feedForward = 0 },
                { $0.scales = [251] }, { $0.scales = [] }, { $0.assets = 0 }, { $0.horizons = 0 }, { $0.dropout = 1 },
            ])
    }
}
