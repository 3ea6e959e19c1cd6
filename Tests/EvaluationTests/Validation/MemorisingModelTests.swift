import Evaluation
import Models
import Schema
import Testing

/// What purging is for: a model that remembers is good where labels overlap, and only there.
@Suite("A model that remembers")
struct MemorisingModelTests {
    private static let horizon = 24

    /// A random walk as such a model sees it: of each hour, the prices of the day before by its own, and whether it
    /// is higher a day later.
    private struct Walk {
        let features: [[Double]]
        let isUp: [Bool]
        let spans: [LabelSpan]

        init(seed: UInt64, count: Int) {
            var random = SplitMix64(seed: seed)
            var prices = [0.0]
            for _ in 1..<(count + 2 * horizon) {
                prices.append(prices[prices.count - 1] + Double.random(in: -1...1, using: &random))
            }
            let rows = horizon..<(horizon + count)
            features = rows.map { row in (1...horizon).map { prices[row - $0] - prices[row] }
            }
            isUp = rows.map { prices[$0 + horizon] > prices[$0] }
            spans = rows.map { LabelSpan(start: UnixNanos(Int64($0)), end: UnixNanos(Int64($0 + horizon))) }
        }

        /// The share of test samples whose nearest training sample went the same way.
        func accuracy(_ splits: [Split]) -> Double {
            var right = 0
            for split in splits {
                for sample in split.test where isUp[nearest(sample, split.train)] == isUp[sample] { right += 1 }
            }
            return Double(right) / Double(isUp.count)
        }

        private func nearest(_ sample: Int, _ train: [Int]) -> Int {
            var (nearest, least) = (train[0], Double.infinity)
            let own = features[sample]
            for other in train {
                let others = features[other]
                var (distance, column) = (0.0, 0)
                while column < horizon, distance < least {
                    let difference = own[column] - others[column]
                    distance += difference * difference
                    column += 1
                }
                if distance < least { (nearest, least) = (other, distance) }
            }
            return nearest
        }
    }

    @Test("Without purging it seems to know the future of a random walk; with purging it does not")
    func leak() throws {
        var (unpurged, purged) = (0.0, 0.0)
        let walks = 6
        for seed in 0..<walks {
            let walk = Walk(seed: UInt64(seed), count: 240)
            let honest = try PurgedKFold(folds: 120).splits(of: walk.spans)
            let naive = honest.map { split in
                Split(train: walk.spans.indices.filter { !split.test.contains($0) }, test: split.test)
            }
            unpurged += walk.accuracy(naive) / Double(walks)
            purged += walk.accuracy(honest) / Double(walks)
        }
        print("accuracy without purging \(unpurged), with purging \(purged)")
        #expect(unpurged > 0.7)
        // Six walks of ten labels that stand alone.
        let chance = ChanceInterval(chance: 0.5, effectiveCount: Double(walks * 240 / Self.horizon))
        #expect(chance.contains(purged) && !chance.contains(unpurged))
    }
}
