public import Features
internal import Pipeline
public import Schema

/// The feature vectors that a training learns from, made of the stored feed by the very stage that makes inference's.
///
/// The stage runs from the feed's beginning, since what it remembers reaches back without end; the request's range says
/// which vectors are kept.
public struct TrainingHistory: Sendable {
    /// In the order in which inference gets them.
    public private(set) var vectors: [FeatureVector] = []
    /// Whether all that follows lies after the request's range.
    public private(set) var isComplete = false
    public let featureSet: FeatureSet

    private let request: TrainingRequest
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
        for event in try runner.run([events], closing: watermark) {
            guard case .features(let vector) = event.message, isWanted(vector) else { continue }
            vectors.append(vector)
        }
        if let to = request.to, watermark.time >= to { isComplete = true }
    }

    /// What there is to learn from.
    public func dataset() -> DirectionDataset { DirectionDataset(vectors, featureSet: featureSet) }

    private func isWanted(_ vector: FeatureVector) -> Bool {
        if let from = request.from, vector.asOf < from { return false }
        if let to = request.to, vector.asOf > to { return false }
        return instruments.contains(vector.instrument)
    }
}
