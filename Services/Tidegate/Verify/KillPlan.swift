internal import Pipeline
internal import Schema

/// Which service is killed when: drawn from a seed, spread over the feed and over all eight services.
struct KillPlan: Sendable {
    struct Kill: Sendable, Equatable {
        /// When so many batches have gone through the whole pipeline.
        let batch: Int
        let service: String
        /// And then so much later, so that kills fall anywhere in a batch's way.
        let milliseconds: Int
    }

    let kills: [Kill]

    init(kills count: Int, batches: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var services: [String] = []
        var kills: [Kill] = []
        for index in 0..<count {
            // Every service in turn, in an order drawn anew each round, so that none is spared.
            if services.isEmpty { services = Topology.services.shuffled(using: &random) }
            // Over nearly the whole feed: the last kills must still leave something to recover.
            let share = (Double(index) + Double.random(in: 0..<1, using: &random)) / Double(max(count, 1))
            kills.append(
                Kill(
                    batch: Int(share * 0.97 * Double(batches)), service: services.removeLast(),
                    milliseconds: Int.random(in: 0...60, using: &random)))
        }
        self.kills = kills
    }
}
