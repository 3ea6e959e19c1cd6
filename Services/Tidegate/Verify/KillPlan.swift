internal import Pipeline
internal import Schema

/// Which process is killed when: drawn from a seed, spread over the feed and over all services and their shards.
struct KillPlan: Sendable {
    struct Kill: Sendable, Equatable {
        /// When so many batches have gone through the whole pipeline.
        let batch: Int
        let node: String
        /// And then so much later, so that kills fall anywhere in a batch's way.
        let milliseconds: Int
    }

    let kills: [Kill]

    static let none = KillPlan(kills: 0, batches: 0..<0, seed: 0)

    /// `batches`: The part of the feed over which they are spread.
    init(kills count: Int, batches: Range<Int>, fleet: Fleet = .undivided, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let all = Topology.services.flatMap { fleet.nodes(of: $0) }
        var nodes: [String] = []
        var kills: [Kill] = []
        for index in 0..<count {
            // Everyone in turn, in an order drawn anew each round, so that none is spared.
            if nodes.isEmpty { nodes = all.shuffled(using: &random) }
            // Over nearly the whole feed: the last kills must still leave something to recover.
            let share = (Double(index) + Double.random(in: 0..<1, using: &random)) / Double(max(count, 1))
            kills.append(
                Kill(
                    batch: batches.lowerBound + Int(share * 0.97 * Double(batches.count)), node: nodes.removeLast(),
                    milliseconds: Int.random(in: 0...60, using: &random)))
        }
        self.kills = kills
    }
}
