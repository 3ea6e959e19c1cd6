/// One value of a time series about the pipeline itself, such as rolling accuracy or drawdown.
public struct Metric: Codable, Sendable, Hashable {
    /// For example `accuracy_50`; the unit is part of the name where there is one.
    public let name: String
    /// What it is about, for example a model version or an instrument; `all` for everything.
    public let label: String
    public let time: UnixNanos
    public let value: Double

    public init(name: String, label: String, time: UnixNanos, value: Double) {
        self.name = name
        self.label = label
        self.time = time
        self.value = value
    }
}
