import Foundation
import Schema
import Testing

@testable import Features

@Suite("Two samples")
struct TwoSampleTests {
    private func normals(_ count: Int, seed: UInt64, shift: Double = 0) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            (0..<12).reduce(shift - 6) { sum, _ in sum + Double(random.next() >> 11) / Double(1 << 53) }
        }
    }

    @Test("An empty sample, or one with what is no number, is refused")
    func refused() throws {
        for bad in [[], [1, .nan], [.infinity, 2]] {
            for (first, second) in [(bad, [1.0, 2]), ([1.0, 2], bad)] {
                #expect(throws: FeaturesError.self) { _ = try KolmogorovSmirnov(first, second) }
                #expect(throws: FeaturesError.self) { _ = try WassersteinDistance.between(first, second) }
                #expect(throws: FeaturesError.self) {
                    _ = try PopulationStability(reference: first).index(of: second)
                }
            }
        }
        let error = #expect(throws: FeaturesError.self) { _ = try KolmogorovSmirnov([], [1]) }
        #expect(error == .sample("it is empty"))
    }

    @Test("A sample beside itself has no distance, and beside one that lies above it the greatest")
    func extremes() throws {
        let values = normals(40, seed: 1)
        let same = try KolmogorovSmirnov(values, values.shuffled(by: 3))
        #expect(same.statistic == 0 && same.exactProbability == 1 && same.approximateProbability == 1)
        #expect(try WassersteinDistance.between(values, values) == 0)
        #expect(try PopulationStability(reference: values).index(of: values) == 0)
        let apart = try KolmogorovSmirnov([1, 2, 3], [4, 5, 6, 7])
        #expect(apart.statistic == 1 && abs(apart.exactProbability - 2.0 / 35) < 1e-15)
        #expect(apart.approximateProbability == 0)
        #expect(abs(try WassersteinDistance.between(values, values.map { $0 - 2.5 }) - 2.5) < 1e-12)
    }

    @Test(
        "The exact probability is the share of all orders that get as far apart", arguments: [(3, 4), (4, 4), (5, 2)])
    func enumeration(first: Int, second: Int) throws {
        // Each set of ranks of the first sample is equally likely.
        var tests: [KolmogorovSmirnov] = []
        for mask in 0..<(1 << (first + second)) where mask.nonzeroBitCount == first {
            let ranks = (0..<first + second).map { (rank: Double($0), isFirst: mask >> $0 & 1 == 1) }
            tests.append(
                try KolmogorovSmirnov(
                    ranks.filter(\.isFirst).map(\.rank), ranks.filter { !$0.isFirst }.map(\.rank)))
        }
        for test in tests {
            let share = Double(tests.count { $0.statistic >= test.statistic }) / Double(tests.count)
            #expect(abs(test.exactProbability - share) < 1e-14)
        }
    }

    @Test("It does not matter which sample comes first")
    func symmetry() throws {
        let (first, second) = (normals(37, seed: 5), normals(90, seed: 6, shift: 0.4))
        let (one, other) = (try KolmogorovSmirnov(first, second), try KolmogorovSmirnov(second, first))
        #expect(one.statistic == other.statistic && one.exactProbability == other.exactProbability)
        #expect(one.approximateProbability == other.approximateProbability)
        let distances = (
            try WassersteinDistance.between(first, second), try WassersteinDistance.between(second, first)
        )
        #expect(abs(distances.0 - distances.1) < 1e-14)
    }

    @Test("Large samples get the approximate probability, which is close to the exact one")
    func large() throws {
        let test = try KolmogorovSmirnov(normals(1500, seed: 7), normals(1100, seed: 8, shift: 0.05))
        #expect(test.probability == test.exactProbability)
        #expect(abs(test.approximateProbability / test.exactProbability - 1) < 0.05)
        let larger = try KolmogorovSmirnov(normals(10_001, seed: 7), normals(20, seed: 8, shift: 0.3))
        #expect(larger.probability == larger.approximateProbability)
    }

    @Test("The one-sample distribution is what it must be, and its formulas go over into each other")
    func distribution() {
        for distance in [0.5, 0.6, 0.75, 0.99] {
            #expect(abs(KolmogorovDistribution.exceedance(distance, count: 1) - 2 * (1 - distance)) < 1e-15)
        }
        // Kolmogorov's limit: a twentieth at 1.3581 over the root of the count.
        #expect(abs(KolmogorovDistribution.exceedance(1.3581 / 1e4, count: 100_000_000) - 0.05) < 1e-4)
        for count in [2, 10, 140, 141, 2000] {
            var previous = 1.0
            for step in 1...100 {
                let now = KolmogorovDistribution.exceedance(Double(step) / 100, count: count)
                #expect(now <= previous && now >= 0, "\(count) at \(step)")
                previous = now
            }
            #expect(previous == 0)
        }
        // Where one formula takes over from the other, by the distance and by the count.
        for (count, square) in [(140, 4.0), (20, 4.0), (141, 2.2), (3000, 2.2)] {
            let distance = (square / Double(count)).squareRoot()
            let below = KolmogorovDistribution.exceedance(distance * (1 - 1e-9), count: count)
            let above = KolmogorovDistribution.exceedance(distance * (1 + 1e-9), count: count)
            #expect(abs(below / above - 1) < 5e-5, "\(count)")
        }
        for distance in [0.04, 0.06, 0.08, 0.1] {
            let (before, last, first) = (
                KolmogorovDistribution.exceedance(distance, count: 139),
                KolmogorovDistribution.exceedance(distance, count: 140),
                KolmogorovDistribution.exceedance(distance, count: 141)
            )
            #expect(abs(first - 2 * last + before) < 1e-4, "\(distance)")
        }
    }

    @Test("Bins lie between the reference's quantiles, have their lower edge, and are never quite empty")
    func stability() throws {
        let reference = try PopulationStability(reference: (0...8).map(Double.init).reversed(), bins: 4)
        #expect(reference.edges == [2, 4, 6])
        let shares: [Double] = [2, 2, 2, 3].map { $0 / 9 }
        #expect(reference.shares == shares)
        let current = [-100.0, 1.999, 2, 100]
        #expect(try reference.shares(of: current) == [0.5, 0.25, 1e-4, 0.25])
        let expected = zip([0.5, 0.25, 1e-4, 0.25], shares).reduce(0.0) { sum, pair in
            sum + (pair.0 - pair.1) * log(pair.0 / pair.1)
        }
        #expect(abs(try reference.index(of: current) - expected) < 1e-15)
        let decoded = try JSONDecoder().decode(
            PopulationStability.self,
            from: JSONEncoder().encode(try PopulationStability(reference: normals(99, seed: 1))))
        #expect(decoded == (try PopulationStability(reference: normals(99, seed: 1))))
    }

    @Test("Equal numbers in the reference make bins that are empty in every sample")
    func ties() throws {
        let reference = try PopulationStability(reference: Array(repeating: 0.1, count: 77) + [0.2, 0.3])
        #expect(reference.edges == Array(repeating: 0.1, count: 9))
        #expect(try reference.index(of: [0.1, 0.1, 0.4]) == 0)
        #expect(try reference.index(of: [0.1, 0.05]) > 1)
        #expect(try reference.index(of: [0.05]).isFinite)
    }
}

extension [Double] {
    fileprivate func shuffled(by seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed)
        return shuffled(using: &random)
    }
}
