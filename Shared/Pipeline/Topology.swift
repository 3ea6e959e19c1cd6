/// Who listens to whom.
///
/// The names are the services'. The graph has one cycle, between risk gate and executor; it stays deterministic because
/// the way back has a delay of one batch.
public enum Topology {
    /// One input of a stage.
    public struct Input: Sendable, Hashable {
        /// The service whose output it is.
        public let source: String
        /// 0: a batch is processed with the source's batch of the same watermark.
        ///
        /// 1: with the one before.
        public let delay: Int
        /// How many shards the source is divided into.
        public let shards: Int

        public init(_ source: String, delay: Int = 0, shards: Int = 1) {
            precondition(delay == 0 || delay == 1, "delay is 0 or 1")
            self.source = source
            self.delay = delay
            self.shards = shards
        }
    }

    public static let ingestor = "ingestor"
    public static let featureBuilder = "feature-builder"
    public static let inferenceServer = "inference-server"
    public static let executor = "executor"
    public static let riskGate = "risk-gate"
    public static let metricsRecorder = "metrics-recorder"
    public static let syntheticGenerator = "synthetic-generator"
    public static let trainer = "trainer"

    /// The eight services, in the order in which data flow.
    public static let services = [
        ingestor, syntheticGenerator, featureBuilder, inferenceServer, executor, riskGate, metricsRecorder, trainer,
    ]

    /// The services that are stages: they keep snapshots and recover from one another.
    public static let stages = [featureBuilder, inferenceServer, executor, riskGate, metricsRecorder]

    /// The stages whose work can be divided by instrument.
    ///
    /// What they emit at a watermark is ordered by what caused it (``Event/trace``), so that the outputs of their shards
    /// together are, in order, those of the whole.
    public static let shardable = [featureBuilder, inferenceServer]

    /// The inputs of a stage, in the order in which it processes their batches.
    ///
    /// The last one without delay is the *primary*: control events are taken from there alone.
    public static func inputs(of service: String) -> [Input] {
        switch service {
        case featureBuilder: [Input(ingestor)]
        case inferenceServer: [Input(featureBuilder)]
        case executor: [Input(riskGate, delay: 1), Input(ingestor)]
        case riskGate: [Input(executor), Input(inferenceServer)]
        case metricsRecorder: [Input(riskGate), Input(executor), Input(inferenceServer), Input(ingestor)]
        default: []
        }
    }

    /// The services that listen to `service`.
    public static func consumers(of service: String) -> [String] {
        services.filter { inputs(of: $0).contains { $0.source == service } }
    }
}
