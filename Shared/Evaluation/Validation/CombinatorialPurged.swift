public import Models

/// Combinatorial purged cross-validation: every choice of test groups is a split, and the splits form many backtests.
///
/// Each sample is tested in several splits, so that there is not one backtest path over all samples but
/// ``paths``' count of them, each made of test groups of different fits.
/// M. López de Prado, "Advances in Financial Machine Learning", 2018, section 12.4.
public struct CombinatorialPurged: Sendable, Hashable {
    /// The most splits that a scheme may have: a slip of the pen shall not ask for millions of fits.
    public static let maximumSplits = 10_000

    /// Blocks of consecutive samples.
    public let groups: Int
    /// How many of the groups a split tests.
    public let testGroups: Int
    /// What is left out after each test group, beside what is purged.
    public let embargo: Extent
    /// Of each split, the groups that it tests, in lexicographic order.
    public let combinations: [[Int]]

    /// - Throws: ``EvaluationError/scheme(_:reason:)`` when there is no such choice of groups, or too many.
    public init(groups: Int, testGroups: Int, embargo: Extent = .samples(0)) throws(EvaluationError) {
        (self.groups, self.testGroups, self.embargo) = (groups, testGroups, embargo)
        guard groups >= 2, testGroups >= 1, testGroups < groups else {
            throw .scheme(
                Self.text(groups, testGroups, embargo), reason: "test groups fewer than groups, and one at least")
        }
        let few = min(testGroups, groups - testGroups)
        // C(n, k) grows with k up to n ∕ 2, and is n or more, so that the first product above the limit decides.
        var count = groups
        for chosen in 2..<max(few + 1, 2) where count <= Self.maximumSplits {
            count = count * (groups - chosen + 1) / chosen
        }
        guard count <= Self.maximumSplits else {
            throw .scheme(
                Self.text(groups, testGroups, embargo), reason: "more than \(Self.maximumSplits) splits")
        }
        combinations = Self.combinations(of: groups, choosing: testGroups)
    }

    /// The splits of samples by their labels' spans, which are in the order of their starts; one a combination.
    ///
    /// - Throws: ``EvaluationError/tooFewSamples(_:scheme:)`` where a group would be empty.
    public func splits(of spans: [LabelSpan]) throws(EvaluationError) -> [Split] {
        spans.requireOrder()
        guard spans.count >= groups else { throw .tooFewSamples(spans.count, scheme: "\(self)") }
        let purge = Purge(spans: spans, embargo: embargo)
        let blocks = PurgedKFold.blocks(spans.count, groups)
        return combinations.map { chosen in
            let tested = chosen.map { blocks[$0] }
            return Split(train: purge.trainingSamples(outside: tested), test: tested.flatMap { Array($0) })
        }
    }

    /// The backtests over all samples: for each, the split whose test gives each group.
    ///
    /// Shape `[paths, groups]`, with C(groups − 1, testGroups − 1) paths; each group of each split is in one path.
    public var paths: [[Int]] {
        let splitsOfGroup = (0..<groups).map { group in
            combinations.indices.filter { combinations[$0].contains(group) }
        }
        return splitsOfGroup[0].indices.map { path in splitsOfGroup.map { $0[path] } }
    }

    private static func combinations(of count: Int, choosing size: Int) -> [[Int]] {
        guard size > 0 else { return [[]] }
        return combinations(of: count, choosing: size - 1).flatMap { chosen in
            ((chosen.last ?? -1) + 1..<count).map { chosen + [$0] }
        }
    }

    private static func text(_ groups: Int, _ testGroups: Int, _ embargo: Extent) -> String {
        "combinatorial-purged(groups: \(groups), test: \(testGroups), embargo: \(embargo))"
    }
}

extension CombinatorialPurged: CustomStringConvertible {
    public var description: String { Self.text(groups, testGroups, embargo) }
}
