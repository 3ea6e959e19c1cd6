import Features
import Market
import Models
import Pipeline
import Schema
import Synthetic
import Testing

/// The feature set of these tests: short enough that few bars warm it up.
let featureSet = FeatureSet.standard(primary: .hour1, higher: [.hour4])

let bitcoin = Instrument("binance.BTC-USDT")
let ether = Instrument("binance.ETH-USDT")

/// A made-up feed as the ingestor would make it.
struct SyntheticFeed {
    let batches: [Batch]

    /// More than one bar a batch is what a source gives that is read in chunks; a control goes into the batch of its key.
    init(seed: UInt64, bars: Int, barsPerBatch: Int = 1, controls: [Int: [Control]] = [:]) {
        let start = UnixNanos(seconds: 1_672_531_200)
        let instruments = [bitcoin, ether].map {
            SyntheticInstrument($0, price: 1000, tick: 0.01, hourlyVolume: 100, lot: 0.001)
        }
        var market = RegimeSwitchingMarket(
            RegimeSwitchingMarket.Settings(instruments: instruments, timeframe: .hour1, start: start), seed: seed)
        var builder = FeedBuilder(
            FeedBuilder.Settings(instruments: [bitcoin, ether], base: .hour1, higher: [.hour4]))
        var batches: [Batch] = []
        for bar in 1...bars {
            if (bar - 1).isMultiple(of: barsPerBatch) {
                for control in controls[batches.count] ?? [] { builder.place(control) }
            }
            builder.accept(market.next().map { CandleRow($0) })
            guard bar.isMultiple(of: barsPerBatch) || bar == bars else { continue }
            batches.append(builder.closeBatch(at: market.nextOpenTime))
        }
        self.batches = batches
    }
}

/// Feature stage and inference stage, one after the other, as the services run them.
struct Serving {
    private(set) var features = StageRunner(
        FeatureStage(featureSet), inputs: Topology.inputs(of: Topology.featureBuilder))
    private(set) var inference: StageRunner<InferenceStage>
    /// What inference received.
    private(set) var vectors: [FeatureVector] = []
    private(set) var events: [Event] = []

    init(_ artifacts: [ModelArtifact]) {
        inference = StageRunner(
            InferenceStage { version in
                guard let artifact = artifacts.first(where: { $0.version == version }) else {
                    throw ServingError.noVersion(version)
                }
                return artifact
            }, inputs: Topology.inputs(of: Topology.inferenceServer))
    }

    mutating func restore(_ features: FeatureStage.State, _ inference: InferenceStage.State) throws {
        try self.features.restore(features)
        try self.inference.restore(inference)
    }

    mutating func run(_ batches: some Sequence<Batch>) throws {
        for batch in batches {
            let made = try features.run([batch.events], closing: batch.watermark)
            for case .features(let vector) in made.map(\.message) { vectors.append(vector) }
            events += try inference.run([made], closing: batch.watermark)
        }
    }

    var predictions: [Prediction] {
        events.compactMap { event in
            guard case .prediction(let prediction) = event.message else { return nil }
            return prediction
        }
    }

    var anomalies: [Anomaly] {
        events.compactMap { event in
            guard case .anomaly(let anomaly) = event.message else { return nil }
            return anomaly
        }
    }
}

/// Small models that have really learned something from a made-up feed.
enum SmallModels {
    static let trees = trained(.xgboost)
    static let sequence = trained(.lstm)
    static let both = [trees, sequence]

    /// Of a kind that takes no time to train.
    static func plan(_ kind: DirectionModelKind, seed: UInt64 = 1) -> DirectionTrainingPlan {
        var plan = DirectionTrainingPlan(kind: kind, seed: seed)
        (plan.window, plan.hidden, plan.epochs, plan.rounds) = (8, 4, 2, 30)
        return plan
    }

    private static func trained(_ kind: DirectionModelKind) -> ModelArtifact {
        do {
            var serving = Serving([])
            try serving.run(SyntheticFeed(seed: 77, bars: 400).batches)
            let data = DirectionDataset(serving.vectors, featureSet: featureSet)
            let model = try DirectionTraining.train(plan(kind), on: data) { _, _ in }
            return ModelArtifact(
                version: model.version, kind: kind, featureSet: featureSet.id, weights: model.weights)
        } catch {
            fatalError("no \(kind) to test with: \(error)")
        }
    }
}

func activation(_ alias: String, _ version: String) -> Control {
    Control(id: "\(alias)/\(version)", change: .modelActivated(alias: alias, version: version))
}

/// A vector of the hour that begins `hour` hours after 2024-01-01, with `values` in its first columns.
func vector(
    _ instrument: Instrument = bitcoin, hour: Int, price: Double, values: [Double] = [], of set: FeatureSet = featureSet
) -> FeatureVector {
    let open = UnixNanos(seconds: 1_704_067_200).advanced(by: Int64(hour) * Timeframe.hour1.nanoseconds)
    return FeatureVector(
        instrument: instrument, timeframe: .hour1, openTime: open,
        asOf: open.advanced(by: Timeframe.hour1.nanoseconds), featureSet: set.id, referencePrice: price,
        volatility: 0.5, values: values + Array(repeating: 0, count: set.count - values.count))
}

extension SplitMix64 {
    /// A number in 0 ..< 1.
    mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }
}
