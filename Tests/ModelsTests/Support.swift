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
    static let trees = trained("xgboost")
    static let sequence = trained("lstm")
    static let both = [trees, sequence]

    /// Hyper-parameters with which a kind takes next to no time, each with a few epochs or rounds.
    static let settings = [
        "xgboost": #"{"rounds":30}"#,
        "lstm": #"{"window":8,"shape":{"hidden":4},"training":{"epochs":2}}"#,
        "lstm-cnn":
            #"{"window":8,"shape":{"channels":[4],"hidden":4,"layers":1,"fusion":4},"training":{"epochs":2}}"#,
        "multi-scale-lstm-cnn":
            #"{"window":10,"shape":{"scales":[1,5],"channels":4,"hidden":8,"heads":2,"layers":1},"training":{"epochs":2}}"#,
        "multi-timeframe": #"{"window":16,"shape":{"hidden":8,"heads":2},"training":{"epochs":2}}"#,
        "transformer":
            #"{"window":8,"shape":{"width":8,"heads":2,"layers":1,"feedForward":16},"training":{"epochs":2}}"#,
        "enhanced-transformer":
            #"{"window":8,"shape":{"width":8,"heads":2,"layers":1,"feedForward":16,"scales":[4]},"training":{"epochs":2}}"#,
        "tft": #"{"window":8,"horizon":3,"shape":{"width":8,"heads":2},"training":{"epochs":2}}"#,
        "logistic-regression": #"{"training":{"epochs":3}}"#,
    ]

    static func order(_ model: String, _ more: String = "{}") throws -> FittingOrder {
        let kind = try ModelCatalogue.standard.kind(named: model)
        let small = try FittingOrder(kind, settings: settings[model] ?? "{}")
        return try FittingOrder(kind, settings: small.replacing(more))
    }

    private static func trained(_ model: String) -> ModelArtifact {
        do {
            var serving = Serving([])
            try serving.run(SyntheticFeed(seed: 77, bars: 400).batches)
            let order = try order(model)
            let task = try task(dataset(serving.vectors, for: order))
            let weights = try order.fit(task)
            return ModelArtifact(
                version: order.version(of: weights), kind: order.kind, featureSet: featureSet.id, weights: weights)
        } catch {
            fatalError("no \(model) to test with: \(error)")
        }
    }
}

extension FittingOrder {
    /// The settings with more of them replaced, as JSON.
    fileprivate func replacing(_ json: String) throws -> String {
        func replaced<Kind: ModelKind>(_ kind: Kind.Type) throws -> String {
            try kind.settings.replacing(json: settings).replacing(json: json).json()
        }
        return try replaced(kind)
    }
}

/// A dataset of vectors whose candles are flat at the vectors' prices.
func dataset(
    _ vectors: [FeatureVector], for order: FittingOrder? = nil, labelling: Labelling? = nil, window: Int = 1
) -> Dataset {
    let sorted = vectors.sorted { ($0.asOf, $0.instrument) < ($1.asOf, $1.instrument) }
    let candles = Set(vectors.map(\.instrument)).map { instrument in
        var columns = CandleColumns(instrument: instrument, timeframe: featureSet.primary)
        for vector in sorted where vector.instrument == instrument {
            columns.append(valuesOf: flatCandle(vector))
        }
        return columns
    }
    return Dataset(
        candles: candles, vectors: sorted, featureSet: featureSet,
        labelling: labelling ?? .direction(after: featureSet.primary.nanoseconds), window: order?.window ?? window,
        horizon: order?.horizon ?? 0)
}

/// Hours whose first column tells the next direction, as often as `truth` says.
///
/// `absurd`: hours in which that column is out of all proportion. `noise`: columns after it that tell nothing.
func planted(
    _ hours: Int, seed: UInt64, truth: Double = 0.9, absurd: Range<Int> = 0..<0, noise: Int = 0,
    for order: FittingOrder, labelling: Labelling? = nil
) -> Dataset {
    var random = SplitMix64(seed: seed)
    let ups = (0..<hours).map { _ in random.share() < 0.5 }
    var price = 1000.0
    return dataset(
        (0..<hours).map { hour in
            let isTrue = random.share() < truth
            let scale = absurd.contains(hour) ? 1e9 : 1
            let told = ((ups[hour] == isTrue ? 1 : -1) + random.share() * 0.2) * scale
            let made = vector(
                hour: hour, price: price, values: [told] + (0..<noise).map { _ in random.share() * 2 - 1 })
            price *= ups[hour] ? 1.01 : 1 / 1.01
            return made
        }, for: order, labelling: labelling)
}

private func flatCandle(_ vector: FeatureVector) -> Candle {
    let price = vector.referencePrice
    do {
        return try Candle(
            instrument: vector.instrument, timeframe: vector.timeframe, openTime: vector.openTime, open: price,
            high: price, low: price, close: price, volume: 1, source: .file)
    } catch {
        fatalError("\(error)")
    }
}

/// All of the samples, the newest of them to stop by.
func task(_ data: Dataset, seed: UInt64 = 1, threads: Int = 1) throws -> FittingTask {
    let parts = data.parts(of: Array(data.samples.indices))
    return try FittingTask(
        data, training: parts.training, validation: parts.validation, seed: seed, threads: threads)
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
