public import Features
public import Market
public import Models
public import Pipeline
public import Schema
public import Trading

/// The stages of the pipeline with their settings: what the services run, put together in one process.
public struct PipelineAssembly: Sendable {
    public let market: MarketSettings
    public let featureSet: FeatureSet
    public let risk: RiskSettings
    public let execution: ExecutionStage.Settings
    private let load: @Sendable (_ version: String) throws -> ModelArtifact

    /// `load`: Finds a model version; it throws when there is none.
    public init(
        market: MarketSettings, featureSet: FeatureSet, risk: RiskSettings, execution: ExecutionStage.Settings,
        load: @escaping @Sendable (_ version: String) throws -> ModelArtifact
    ) {
        self.market = market
        self.featureSet = featureSet
        self.risk = risk
        self.execution = execution
        self.load = load
    }

    /// Reads the same settings that the services read.
    ///
    /// `lookup`: Gives the text of a key, or `nil` where it is not set.
    public init(
        _ lookup: @escaping (String) -> String?, load: @escaping @Sendable (_ version: String) throws -> ModelArtifact
    ) throws(SettingError) {
        let market = try MarketSettings(lookup)
        self.init(
            market: market, featureSet: try FeatureSettings(lookup).featureSet(market), risk: try RiskSettings(lookup),
            execution: try ExecutionStage.Settings(lookup), load: load)
    }

    /// The stages in their order, each behind those that it hears.
    public typealias Chain = ChainedStage<
        ChainedStage<
            ChainedStage<ChainedStage<ChainedStage<FeedChain, FeatureStage>, InferenceStage>, ExecutionStage>, RiskStage
        >,
        RecorderStage
    >

    /// The chain, at the beginning of a feed.
    public func pipeline() -> LocalPipeline<Chain> {
        LocalPipeline(
            FeedChain()
                .adding(Topology.featureBuilder, FeatureStage(featureSet))
                .adding(Topology.inferenceServer, InferenceStage(load: load))
                .adding(Topology.executor, ExecutionStage(execution))
                .adding(Topology.riskGate, RiskStage(risk))
                .adding(Topology.metricsRecorder, RecorderStage()))
    }
}

/// A one-process run of the pipeline over a feed, which numbers what every stage emits as the services do.
public struct BacktestRun {
    private var pipeline: LocalPipeline<PipelineAssembly.Chain>
    private var sequencers: [String: Sequencer] = [:]
    private var feedSequencer = Sequencer()
    /// Batches run so far.
    public private(set) var batches = 0

    public init(_ assembly: PipelineAssembly) { pipeline = assembly.pipeline() }

    /// Runs one batch of the feed.
    ///
    /// `sink`: Takes the feed's batch, named ``Topology/ingestor``, and then each stage's output.
    public mutating func run(_ batch: Batch, sink: (_ service: String, LogBatch) throws -> Void) throws {
        batches += 1
        try sink(Topology.ingestor, feedSequencer.number(batch.events, closing: batch.watermark))
        var sequencers = sequencers
        try pipeline.run(batch) { name, events in
            try sink(name, sequencers[name, default: Sequencer()].number(events, closing: batch.watermark))
        }
        self.sequencers = sequencers
    }
}
