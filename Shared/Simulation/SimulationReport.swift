internal import Schema

/// What one simulated run came to.
public struct SimulationReport: Sendable, Equatable, Codable {
    public let seed: UInt64
    /// What went wrong, in one line; `nil` when every service stored exactly what the undisturbed run stores.
    public let failure: String?
    public let batches: Int
    public let rows: Int
    public let crashes: Int
    public let lost: Int
    public let duplicated: Int
    public let rewinds: Int
    public let recoveredBatches: Int
    public let storeOutages: Int
    public let partitions: Int
    /// How often the services were divided into other shards.
    public let divisions: Int
    /// Simulated time, in microseconds.
    public let microseconds: Int
}
