public import Schema

/// Into how many shards each service of a deployment is divided; the same for all of its processes.
public struct Fleet: Sendable, Hashable {
    /// Nothing is divided.
    public static let undivided = Fleet()

    private let counts: [String: Int]

    /// `counts`: Shards of those services of ``Topology/shardable`` that have more than one.
    public init(_ counts: [String: Int] = [:]) {
        precondition(
            counts.allSatisfy { Topology.shardable.contains($0) && (1...Shard.mostShards).contains($1) },
            "only some services can be divided")
        self.counts = counts.filter { $0.value > 1 }
    }

    public func shards(of service: String) -> [Shard] {
        let count = counts[service, default: 1]
        return (0..<count).map { Shard($0, of: count) }
    }

    /// The names under which a service's shards keep snapshots and ask for what they missed.
    public func nodes(of service: String) -> [String] { shards(of: service).map { $0.node(of: service) } }

    /// The nodes of all stages.
    public var stageNodes: [String] { Topology.stages.flatMap { nodes(of: $0) } }

    /// The inputs of a stage; see ``Topology/inputs(of:)``.
    public func inputs(of service: String) -> [Topology.Input] {
        Topology.inputs(of: service).map { input in
            Topology.Input(input.source, delay: input.delay, shards: counts[input.source, default: 1])
        }
    }

    /// The nodes that listen to `service`.
    public func consumers(of service: String) -> [String] {
        Topology.consumers(of: service).flatMap { nodes(of: $0) }
    }
}
