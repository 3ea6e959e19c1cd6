import Evaluation
import Foundation
import Models
import Schema
import TestKit
import Testing

/// Index sets against `golden/04_cv_splits.json`: numpy from the definitions, and scikit-learn.
@Suite("Golden splits", .enabled(if: SharedData.required || SharedData.folder != nil))
struct GoldenSplitTests {
    private struct Reference: Decodable {
        struct KFold: Decodable {
            struct Fold: Decodable {
                let test: [Int]
                let train: [Int]
                let n_train: Int
                let train_afml: [Int]
            }
            let n: Int
            let k: Int
            let embargo: Double
            let embargo_bars: Int
            let t1: [Int]
            let folds: [Fold]
        }
        struct Combinatorial: Decodable {
            struct Part: Decodable {
                let test_groups: [Int]
                let test: [Int]
                let train: [Int]
            }
            let n: Int
            let groups: Int
            let k: Int
            let horizon: Int
            let embargo: Double
            let rule: String
            let splits: [Part]
        }
        struct Window: Decodable {
            let train: [Int]
            let test: [Int]
        }
        struct WalkForward: Decodable {
            let rolling_train100_test20_step20_gap5: [Window]
            let anchored_train100_test20_step20_gap5: [Window]
            let rolling_train60_test30_step15_gap0: [Window]
            let rule: String
        }
        struct Series: Decodable {
            let n5: [Window]
            let n4_gap3_test20: [Window]
            let n4_gap3_test20_max50: [Window]
        }
        let lib: String
        let purged_kfold: [String: KFold]
        let purged_kfold_rule: String
        let cpcv: Combinatorial
        let walk_forward: WalkForward
        let sklearn_TimeSeriesSplit_n240: Series
    }

    private let data: Data
    private let reference: Reference

    init() throws {
        let folder = try #require(SharedData.folder)
        data = try Data(contentsOf: folder.appending(path: "golden/04_cv_splits.json"))
        reference = try JSONDecoder().decode(Reference.self, from: data)
    }

    /// Spans whose moments are indices.
    private func spans(_ ends: [Int]) -> [LabelSpan] {
        ends.enumerated().map { LabelSpan(start: UnixNanos(Int64($0)), end: UnixNanos(Int64($1))) }
    }

    /// Labels that look at no time beyond their own moment: nothing is purged.
    private func moments(_ count: Int) -> [LabelSpan] { spans(Array(0..<count)) }

    private func splits(_ windows: [Reference.Window]) -> [Split] {
        windows.map { Split(train: Array($0.train[0]..<$0.train[1]), test: Array($0.test[0]..<$0.test[1])) }
    }

    @Test("The file holds nothing that these tests do not read")
    func everyKey() throws {
        func keys(_ value: Any, _ path: String = "") -> Set<String> {
            switch value {
            case let object as [String: Any]:
                object.reduce(into: []) {
                    $0.formUnion(keys($1.value, "\(path)/\($1.key)").union(["\(path)/\($1.key)"]))
                }
            case let list as [Any]: list.reduce(into: []) { $0.formUnion(keys($1, path)) }
            default: []
            }
        }
        let kFold = ["n", "k", "embargo", "embargo_bars", "t1", "folds"]
        let fold = ["test", "train", "n_train", "train_afml"]
        let names = [
            "fixed_horizon6_k5_embargo0", "fixed_horizon6_k5_embargo2pct", "variable_horizon_k6_embargo1pct",
        ]
        var read: Set = ["/lib", "/purged_kfold", "/purged_kfold_rule", "/cpcv", "/walk_forward", "/walk_forward/rule"]
        for name in names {
            read.insert("/purged_kfold/\(name)")
            read.formUnion(kFold.map { "/purged_kfold/\(name)/\($0)" })
            read.formUnion(fold.map { "/purged_kfold/\(name)/folds/\($0)" })
        }
        read.formUnion(["n", "groups", "k", "horizon", "embargo", "rule", "splits"].map { "/cpcv/\($0)" })
        read.formUnion(["test_groups", "test", "train"].map { "/cpcv/splits/\($0)" })
        let windows =
            [
                "rolling_train100_test20_step20_gap5", "anchored_train100_test20_step20_gap5",
                "rolling_train60_test30_step15_gap0",
            ].map { "/walk_forward/\($0)" }
            + ["n5", "n4_gap3_test20", "n4_gap3_test20_max50"].map { "/sklearn_TimeSeriesSplit_n240/\($0)" }
        read.formUnion(windows.flatMap { [$0, "\($0)/train", "\($0)/test"] } + ["/sklearn_TimeSeriesSplit_n240"])
        #expect(keys(try JSONSerialization.jsonObject(with: data)) == read)
    }

    @Test("Purged k-fold leaves out the same samples, by the strict rule and by that of the book")
    func kFold() throws {
        #expect(reference.purged_kfold.count == 3)
        for (name, golden) in reference.purged_kfold {
            let embargo = Extent.percent(golden.embargo * 100)
            #expect(golden.t1.count == golden.n && golden.folds.count == golden.k)
            let strict = try PurgedKFold(folds: golden.k, embargo: embargo).splits(of: spans(golden.t1))
            let touching = try PurgedKFold(folds: golden.k, embargo: embargo, boundary: .touching)
                .splits(of: spans(golden.t1))
            #expect(strict.map(\.train) == golden.folds.map(\.train), "\(name)")
            #expect(strict.map(\.train.count) == golden.folds.map(\.n_train), "\(name)")
            #expect(touching.map(\.train) == golden.folds.map(\.train_afml), "\(name)")
            #expect(strict.map(\.test) == golden.folds.map { Array($0.test[0]...$0.test[1]) }, "\(name)")
            #expect(touching.map(\.test) == strict.map(\.test), "\(name)")
            let bySamples = try PurgedKFold(folds: golden.k, embargo: .samples(golden.embargo_bars))
            #expect(try bySamples.splits(of: spans(golden.t1)) == strict, "\(name)")
        }
    }

    @Test("Combinatorial purged cross-validation tests the same groups and trains on the same samples")
    func combinatorial() throws {
        let golden = reference.cpcv
        let scheme = try CombinatorialPurged(
            groups: golden.groups, testGroups: golden.k, embargo: .percent(golden.embargo * 100))
        let ends = (0..<golden.n).map { min($0 + golden.horizon, golden.n - 1) }
        let splits = try scheme.splits(of: spans(ends))
        #expect(scheme.combinations == golden.splits.map(\.test_groups))
        #expect(splits == golden.splits.map { Split(train: $0.train, test: $0.test) })
    }

    @Test("Walk-forward windows are the same, rolling and anchored")
    func walkForward() throws {
        let golden = reference.walk_forward
        let rolling = try WalkForward(train: .samples(100), test: .samples(20), embargo: .samples(5))
        #expect(try rolling.splits(of: moments(240)) == splits(golden.rolling_train100_test20_step20_gap5))
        let anchored = try WalkForward(
            train: .samples(100), test: .samples(20), step: .samples(20), embargo: .samples(5), isAnchored: true)
        #expect(try anchored.splits(of: moments(240)) == splits(golden.anchored_train100_test20_step20_gap5))
        let half = try WalkForward(train: .samples(60), test: .samples(30), step: .samples(15))
        #expect(try half.splits(of: moments(240)) == splits(golden.rolling_train60_test30_step15_gap0))
    }

    @Test("Time-series splits are scikit-learn's")
    func timeSeries() throws {
        let golden = reference.sklearn_TimeSeriesSplit_n240
        #expect(try TimeSeriesSplit(splits: 5).splits(of: moments(240)) == splits(golden.n5))
        #expect(
            try TimeSeriesSplit(splits: 4, gap: 3, test: 20).splits(of: moments(240)) == splits(golden.n4_gap3_test20))
        #expect(
            try TimeSeriesSplit(splits: 4, gap: 3, test: 20, train: 50).splits(of: moments(240))
                == splits(golden.n4_gap3_test20_max50))
    }
}
