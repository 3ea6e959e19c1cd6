public import Configuration
public import Logging

/// What a service gets when it starts.
public struct ServiceContext: Sendable {
    /// The service's name in logs, metrics and topology, for example `feature-builder`.
    public let name: String
    /// Flags, environment and file, in this order.
    public let config: ConfigReader
    public let settings: CommonSettings
    public let logger: Logger
    public let metrics: MetricsRegistry
    public let health: Health
    /// Raised when the process is to end.
    public let stop = StopFlag()
}
