import Foundation
import Learning
import Models
import RawPeers
import Schema
import Tensor

/// Networks and trees at the sizes at which others use them, on as many threads as the peer.
enum LearningBenchmarks {
    static let all: [Benchmark] = [
        Benchmark("learning.transformer") {
            try measure(transformer, "transformer", "PyTorch")
                + measureTraining(transformer, "transformer", .bfloat16, "PyTorch")
        },
        Benchmark("learning.lstm-cnn") { try measure(lstmCNN, "lstm-cnn", "PyTorch") },
        Benchmark("learning.tft") { try measure(tft(observed: 8), "tft", "pytorch-forecasting") },
        Benchmark("learning.tft-43") {
            try measure(tft(observed: 43), "tft-43", "pytorch-forecasting", observed: 43)
        },
        Benchmark("learning.xgboost") {
            let trees = try grown()
            return [
                try measurement("learning.xgboost.predict-one", "us", "XGBoost's inplace_predict in Python") {
                    let ours = try (0..<20_000).map { _ in
                        try Stopwatch.seconds { _ = try trees.model.predict(trees.row) } * 1e6
                    }
                    let peer = try python(["predict", "xgboost"], 8)
                    return (Measurement.median(ours), peer.map { $0 * 1000 })
                }
            ]
        },
    ]

    private static let threads = 2
    private static let (batch, window, features) = (64, 60, 32)
    private static let rounds = 3

    /// A network, and what it does with inputs.
    private struct Work {
        let layer: any Layer
        /// The mean loss of a batch.
        let loss: (inout ForwardPass) throws -> Tensor
        /// A prediction of one sample.
        let predict: (inout ForwardPass) throws -> Void
    }

    // MARK: Networks

    private static func transformer() throws -> Work {
        var random = SplitMix64(seed: 7)
        return try classifier(
            SequenceTransformer(.init(features: names("f", features), window: window), using: &random))
    }

    private static func lstmCNN() throws -> Work {
        var random = SplitMix64(seed: 7)
        return try classifier(LSTMCNN(.init(features: names("f", features), window: window), using: &random))
    }

    private static func classifier(_ network: some WindowNetwork) throws -> Work {
        let x = try noise([batch, window, features])
        let one = try noise([1, window, features])
        let targets = try Tensor.full(1, shape: [batch, 1])
        return Work(
            layer: network, loss: { try network(x, &$0).binaryCrossEntropy(targets) },
            predict: { _ = try network(one, &$0).floats() })
    }

    private static func tft(observed: Int) -> () throws -> Work {
        {
            var random = SplitMix64(seed: 7)
            let shape = TemporalFusionConfiguration(
                statics: names("s", 3), observed: names("o", observed), known: names("k", 4))
            let network = try TemporalFusionTransformer(shape, using: &random)
            let loss = QuantileLoss(quantiles: shape.quantiles)
            func inputs(_ batch: Int) throws -> (statics: Tensor, past: Tensor, future: Tensor) {
                (
                    try noise([batch, 3]), try noise([batch, shape.lookback, observed + 4]),
                    try noise([batch, shape.horizon, 4])
                )
            }
            let (many, one) = (try inputs(batch), try inputs(1))
            let targets = try noise([batch, shape.horizon])
            return Work(
                layer: network,
                loss: { pass in
                    try loss.mean(
                        network(statics: many.statics, past: many.past, future: many.future, &pass).quantiles, targets)
                },
                predict: { pass in
                    _ = try network(statics: one.statics, past: one.past, future: one.future, &pass).quantiles.floats()
                })
        }
    }

    private static func names(_ prefix: String, _ count: Int) -> [String] { (0..<count).map { "\(prefix)\($0)" } }

    private static func noise(_ shape: [Int]) throws -> Tensor {
        var random = SplitMix64(seed: 11)
        return try Tensor(
            (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1.7...1.7, using: &random) }, shape: shape)
    }

    // MARK: Trees

    /// Trees that are grown to their full depth: the labels depend on two columns, and a fifth of them on none.
    private static func grown() throws -> (model: GradientBoostedTrees, row: [Float]) {
        var random = SplitMix64(seed: 7)
        let rows = (0..<2000 * features).map { _ in Float.random(in: -1.7...1.7, using: &random) }
        let labels: [Float] = stride(from: 0, to: rows.count, by: features).map { start in
            let isUp = rows[start] * rows[start + 1] > 0
            return isUp != (Double.random(in: 0..<1, using: &random) < 0.2) ? 1 : 0
        }
        let model = try GradientBoostedTrees.train(
            GradientBoostedTrees.Samples(rows: rows, labels: labels), columns: names("f", features),
            configuration: GradientBoostedTrees.Configuration(rounds: 100, maximumDepth: 6))
        return (model, Array(rows.prefix(features)))
    }

    // MARK: Timing

    private static func measure(
        _ make: () throws -> Work, _ name: String, _ peer: String, observed: Int = 8
    ) throws -> [Measurement] {
        try measureTraining(make, name, .float32, peer, observed: observed)
            + [
                measurement("learning.\(name).predict-one", "ms", onThreads(peer)) {
                    (
                        try millisecondsToPredict(make()),
                        try python(["predict", name], observed)
                    )
                }
            ]
    }

    private static func measureTraining(
        _ make: () throws -> Work, _ name: String, _ precision: Precision, _ peer: String, observed: Int = 8
    ) throws -> [Measurement] {
        let suffix = precision == .float32 ? "" : ".\(precision.rawValue)"
        return [
            try measurement("learning.\(name).train\(suffix)", "samples/s", onThreads(peer)) {
                (
                    try samplesPerSecond(make(), precision),
                    try python(["train", name, precision.rawValue], observed)
                )
            }
        ]
    }

    private static func onThreads(_ peer: String) -> String { "\(peer), \(threads) threads" }

    /// Turns about, as long as the peer is there.
    private static func measurement(
        _ name: String, _ unit: String, _ peerName: String, _ round: () throws -> (ours: Double, peer: Double?)
    ) throws -> Measurement {
        var figures: [(ours: Double, peer: Double)] = []
        for _ in 0..<rounds {
            let (ours, peer) = try round()
            guard let peer else { return Measurement(name, ours: ours, unit: unit) }
            figures.append((ours, peer))
        }
        return Measurement(name, rounds: figures, of: peerName, unit: unit)
    }

    private static func python(_ arguments: [String], _ observed: Int) throws -> Double? {
        let name = arguments[1].split(separator: "-").first == "tft" ? "tft" : arguments[1]
        return try PythonPeer("learning.py").run(
            [arguments[0], name] + arguments.dropFirst(2), environment: environment(observed))
    }

    private static func environment(_ observed: Int) -> [String: String] {
        ["LEARNING_THREADS": "\(threads)", "LEARNING_OBSERVED": "\(observed)"]
    }

    /// By the median step of a training as the trainer runs it.
    private static func samplesPerSecond(_ work: Work, _ precision: Precision) throws -> Double {
        Torch.keepLargeBlocks()
        let configuration = TrainingConfiguration(epochs: 1, batchSize: batch, threads: threads, precision: precision)
        var loop = try TrainingLoop(work.layer, sampleCount: 1_000_000, configuration)
        var (times, last, start) = ([Double](), raw_zmq_now(), raw_zmq_now())
        do {
            try loop.runEpoch(
                loss: { _, pass in try work.loss(&pass) },
                progress: { progress in
                    let now = raw_zmq_now()
                    if progress.batch > 2 { times.append(Double(now - last) / 1e9) } else { start = now }
                    last = now
                    if times.count >= 5, Double(now - start) > 6e9 { throw EnoughTimes() }
                })
        } catch is EnoughTimes {}
        return Double(batch) / Measurement.median(times)
    }

    private struct EnoughTimes: Error {}

    private static func millisecondsToPredict(_ work: Work) throws -> Double {
        try Torch.withThreads(threads) {
            try withoutGradient {
                var times: [Double] = []
                let start = raw_zmq_now()
                while times.count < 12 || raw_zmq_now() - start < 3_000_000_000 {
                    var pass = ForwardPass.prediction
                    times.append(try Stopwatch.seconds { try work.predict(&pass) } * 1000)
                }
                return Measurement.median(Array(times.dropFirst(2)))
            }
        }
    }
}

/// A network that reads windows and nothing else.
private protocol WindowNetwork: Layer {
    func callAsFunction(_ x: Tensor, _ pass: inout ForwardPass) throws(TensorError) -> Tensor
}

extension SequenceTransformer: WindowNetwork {}
extension LSTMCNN: WindowNetwork {}
