public import ArgumentParser
public import Pipeline
internal import Schema

/// As a command line says it: `feature-builder=2,inference-server=3`; `1` divides nothing.
extension Fleet: ExpressibleByArgument {
    public init?(argument: String) {
        guard argument != "1" else {
            self = .undivided
            return
        }
        var counts: [String: Int] = [:]
        for entry in argument.split(separator: ",") {
            let sides = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, Topology.shardable.contains(sides[0]), let count = Int(sides[1]),
                (1...Shard.mostShards).contains(count)
            else { return nil }
            counts[sides[0]] = count
        }
        self.init(counts)
    }
}
