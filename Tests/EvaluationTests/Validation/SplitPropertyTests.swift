import Evaluation
import Models
import Schema
import Testing

/// What holds for every way to split, over random spans.
@Suite("Splits")
struct SplitPropertyTests {
    /// Starts that rise by random steps and now and then not at all, as those of several instruments; labels of any length.
    private static func spans(_ random: inout SplitMix64) -> [LabelSpan] {
        var start: Int64 = 0
        return (0..<Int.random(in: 60...150, using: &random)).map { _ in
            start += Int64.random(in: 0...4, using: &random)
            return LabelSpan(
                start: UnixNanos(start), end: UnixNanos(start + Int64.random(in: 0...20, using: &random)))
        }
    }

    private static func schemes(_ random: inout SplitMix64) throws -> [SplitScheme] {
        let embargoes: [Extent] = [
            .samples(Int.random(in: 0...6, using: &random)), .percent(Double.random(in: 0...8, using: &random)),
            .time(Int64.random(in: 0...15, using: &random)),
        ]
        let embargo = embargoes[Int.random(in: 0..<3, using: &random)]
        let groups = Int.random(in: 3...7, using: &random)
        let isAnchored = Bool.random(using: &random)
        return [
            .purgedKFold(try PurgedKFold(folds: groups, embargo: embargo)),
            .combinatorialPurged(
                try CombinatorialPurged(
                    groups: groups, testGroups: Int.random(in: 1..<groups, using: &random), embargo: embargo)),
            .walkForward(
                try WalkForward(
                    train: .samples(Int.random(in: 25...30, using: &random)), test: .samples(8),
                    step: .samples(Int.random(in: 3...8, using: &random)),
                    embargo: .samples(Int.random(in: 0...4, using: &random)), isAnchored: isAnchored)),
            .walkForward(
                try WalkForward(
                    train: .time(Int64.random(in: 50...60, using: &random)), test: .time(15),
                    embargo: .time(Int64.random(in: 0...10, using: &random)), isAnchored: isAnchored)),
            .timeSeries(
                try TimeSeriesSplit(
                    splits: Int.random(in: 2...4, using: &random), gap: Int.random(in: 0...3, using: &random))),
        ]
    }

    @Test("No training label shares a moment with a test label, whatever the spans and the scheme", arguments: 0..<60)
    func noOverlap(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let spans = Self.spans(&random)
        for scheme in try Self.schemes(&random) {
            let splits = try scheme.splits(of: spans)
            #expect(!splits.isEmpty && splits.allSatisfy { !$0.test.isEmpty }, "\(scheme)")
            for split in splits {
                #expect(split.train == split.train.sorted() && split.test == split.test.sorted(), "\(scheme)")
                #expect(Set(split.train).isDisjoint(with: split.test), "\(scheme)")
                let overlapping = split.train.first { train in
                    split.test.contains { spans[train].overlaps(spans[$0]) }
                }
                #expect(overlapping == nil, "\(scheme)")
            }
        }
    }

    @Test("k-fold leaves out nothing that it need not", arguments: 0..<60)
    func nothingWasted(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let spans = Self.spans(&random)
        let embargo = Int64.random(in: 0...15, using: &random)
        for split in try PurgedKFold(folds: 5, embargo: .time(embargo)).splits(of: spans) {
            let start = try #require(split.test.map { spans[$0].start }.min())
            let end = try #require(split.test.map { spans[$0].end }.max())
            let free = spans.indices.filter { sample in
                !split.test.contains(sample)
                    && (spans[sample].end < start || spans[sample].start > end.advanced(by: embargo))
            }
            #expect(split.train == free)
        }
    }

    @Test("k-fold and the paths of combinatorial cross-validation test every sample, once each")
    func everySample() throws {
        var random = SplitMix64(seed: 8)
        let spans = Self.spans(&random)
        let folds = try PurgedKFold(folds: 7).splits(of: spans)
        #expect(folds.flatMap(\.test) == Array(spans.indices))
        // The last has 8008 splits, not many less than are allowed.
        for (groups, tested, paths) in [(6, 2, 5), (5, 3, 6), (4, 1, 1), (16, 6, 3003)] {
            let scheme = try CombinatorialPurged(groups: groups, testGroups: tested)
            #expect(scheme.paths.count == paths)
            var used: Set<[Int]> = []
            for path in scheme.paths {
                for (group, split) in path.enumerated() {
                    #expect(scheme.combinations[split].contains(group))
                    used.insert([split, group])
                }
            }
            #expect(used.count == paths * groups && used.count == scheme.combinations.count * tested)
        }
    }

    @Test("An embargo in samples, in time and in per cent leaves out what follows a test")
    func embargo() throws {
        // A sample each 10 ns, each label 5 ns long; the second of four blocks is 25..<50.
        let spans = (0..<100).map { LabelSpan(start: UnixNanos($0 * 10), end: UnixNanos($0 * 10 + 5)) }
        for (embargo, first) in [(Extent.samples(7), 57), (.time(24), 52), (.time(25), 53), (.percent(3), 53)] {
            let split = try PurgedKFold(folds: 4, embargo: embargo).splits(of: spans)[1]
            #expect(split.train == Array(0..<25) + Array(first..<100), "\(embargo)")
        }
    }

    @Test("Walk-forward in days keeps to the calendar where samples are missing")
    func calendar() throws {
        let hour = Timeframe.hour1.nanoseconds
        // Hourly samples of two instruments and of 40 days, without days 12 to 24; each label looks four hours ahead.
        let start = 1000 * hour
        let spans = (0..<Int64(40 * 24)).filter { !(12 * 24..<25 * 24).contains($0) }.flatMap { number in
            let start = start + number * hour
            let span = LabelSpan(start: UnixNanos(start), end: UnixNanos(start + 4 * hour))
            return [span, span]
        }
        func windows(_ scheme: WalkForward) throws -> [[Int64]] {
            try scheme.splits(of: spans).map { split in
                [split.train[0], split.train[split.train.count - 1], split.test[0], split.test[split.test.count - 1]]
                    .map { (spans[$0].start.rawValue - start) / hour }
            }
        }
        // The window that tests days 16 to 20 has no test, the next but one no training, and the last is not whole.
        #expect(
            try windows(WalkForward(train: .days(10), test: .days(5), embargo: .days(1)))
                == [[0, 239, 264, 287], [240, 287, 600, 623], [600, 719, 744, 863]])
        // Without an embargo, labels that end with the test's first moment are left out nevertheless.
        #expect(
            try windows(WalkForward(train: .days(5), test: .days(5), isAnchored: true))
                == [
                    [0, 115, 120, 239], [0, 235, 240, 287], [0, 287, 600, 719], [0, 715, 720, 839], [0, 835, 840, 959],
                ])
    }
}
