public import Features
internal import Market
public import Models
internal import Pipeline
public import Schema

/// The feature vectors and candles that a training learns from, the former made by the very stage that makes inference's.
///
/// The stage runs from the feed's beginning, since what it remembers reaches back without end; the request's range says
/// which vectors are kept.
public struct TrainingHistory: Sendable {
    /// In the order in which inference gets them.
    public private(set) var vectors: [FeatureVector] = []
    /// Of the request's timeframe.
    private var candles: [Instrument: CandleColumns] = [:]
    /// Of the candles.
    private var origins = DataOrigins()
    /// Whether all that follows lies after the request's range.
    public private(set) var isComplete = false
    public let featureSet: FeatureSet

    let request: TrainingRequest
    private let instruments: Set<Instrument>
    private var runner: StageRunner<FeatureStage>

    /// - Throws: ``Features/FeaturesError`` when the request names features that there are not.
    public init(_ request: TrainingRequest) throws {
        self.request = request
        instruments = Set(request.instruments)
        featureSet = try request.features.featureSet(primary: request.timeframe, higher: request.higher)
        runner = StageRunner(FeatureStage(featureSet), inputs: Topology.inputs(of: Topology.featureBuilder))
    }

    /// Takes the next batch of the feed.
    public mutating func take(_ events: [Event], closing watermark: Watermark) throws {
        guard !isComplete else { return }
        for case .candle(let candle) in events.map(\.message) { take(candle) }
        for event in try runner.run([events], closing: watermark) {
            guard case .features(let vector) = event.message, isWanted(vector) else { continue }
            vectors.append(vector)
        }
        if let to = request.to, watermark.time >= to { isComplete = true }
    }

    /// Up to a request's end, and a label must not see further than that.
    private mutating func take(_ candle: Candle) {
        guard candle.timeframe == request.timeframe, instruments.contains(candle.instrument) else { return }
        if let to = request.to, candle.closeTime > to { return }
        var columns =
            candles.removeValue(forKey: candle.instrument)
            ?? CandleColumns(instrument: candle.instrument, timeframe: candle.timeframe)
        // A repeated or late candle was passed over by the feature stage too.
        if columns.openTimes.last.map({ $0 < candle.openTime }) ?? true {
            columns.append(valuesOf: candle)
            origins.add(candle.source)
        }
        candles[candle.instrument] = columns
    }

    /// What there is to learn from; the order says how long the windows are, and how far ahead the fit looks.
    public func dataset(for order: FittingOrder) -> Dataset {
        let data = Dataset(
            candles: Array(candles.values), vectors: vectors, featureSet: featureSet, labelling: request.label,
            origins: origins, window: order.window, horizon: order.horizon)
        return request.shuffle.map { data.shufflingAnswers(seed: $0) } ?? data
    }

    private func isWanted(_ vector: FeatureVector) -> Bool {
        if let from = request.from, vector.asOf < from { return false }
        if let to = request.to, vector.asOf > to { return false }
        return instruments.contains(vector.instrument)
    }
}
