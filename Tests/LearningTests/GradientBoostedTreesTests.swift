import Foundation
import Models
import Schema
import TestKit
import Testing

@Suite("Gradient-boosted trees")
struct GradientBoostedTreesTests {
    private let columns = ["a", "b", "c", "d"]

    private func samples(_ count: Int, seed: UInt64) -> GradientBoostedTrees.Samples {
        let (rows, labels) = plantedRows(count, columns: 4, seed: seed)
        return GradientBoostedTrees.Samples(rows: rows, labels: labels)
    }

    private func configuration(rounds: Int = 60) -> GradientBoostedTrees.Configuration {
        GradientBoostedTrees.Configuration(rounds: rounds, learningRate: 0.2, seed: 3)
    }

    @Test("They learn a planted edge that holds on other rows, and report each round")
    func learns() throws {
        var rounds: [GradientBoostedTrees.Round] = []
        let model = try GradientBoostedTrees.train(
            samples(2000, seed: 1), columns: columns, configuration: configuration(),
            progress: { round, _ in rounds.append(round) })
        let test = samples(1000, seed: 2)
        #expect(accuracy(try model.predict(rows: test.rows), test.labels) > 0.9)
        #expect(rounds.map(\.number) == Array(1...60))
        #expect(try #require(rounds.last).trainingLoss < rounds[0].trainingLoss / 2)
        #expect(rounds.allSatisfy { $0.validationLoss == nil && $0.rounds == 60 })
        #expect(try model.rounds() == 60)
    }

    @Test("On shuffled labels they stay at chance on other rows")
    func chance() throws {
        let honest = samples(2000, seed: 1)
        let model = try GradientBoostedTrees.train(
            GradientBoostedTrees.Samples(rows: honest.rows, labels: shuffled(honest.labels, seed: 5)),
            columns: columns, configuration: configuration())
        let test = samples(4000, seed: 2)
        #expect(abs(accuracy(try model.predict(rows: test.rows), test.labels) - 0.5) < 0.07)
    }

    @Test("Equal seeds give equal bytes, another seed others")
    func deterministic() throws {
        func bytes(_ seed: UInt32) throws -> [UInt8] {
            var configuration = configuration(rounds: 10)
            configuration.seed = seed
            return try GradientBoostedTrees.train(
                samples(500, seed: 1), columns: columns, configuration: configuration
            ).bytes()
        }
        #expect(try bytes(1) == bytes(1))
        #expect(try bytes(1) != bytes(2))
    }

    @Test("Growing on from the bytes of a round gives the bytes of growing in one go", arguments: [1, 7, 19])
    func resume(after stop: Int) throws {
        struct Stopped: Error {}
        let (training, validation) = (samples(600, seed: 1), samples(200, seed: 2))
        func grow(
            _ earlier: GradientBoostedTrees?,
            _ progress: (GradientBoostedTrees.Round, () throws(TreesError) -> [UInt8]) throws -> Void = { _, _ in }
        ) throws -> GradientBoostedTrees {
            try GradientBoostedTrees.train(
                training, columns: columns, validation: validation, configuration: configuration(rounds: 20),
                continuing: earlier, progress: progress)
        }
        let straight = try grow(nil)
        var checkpoint: [UInt8] = []
        #expect(throws: Stopped.self) {
            try grow(nil) { round, bytes in
                guard round.number == stop else { return }
                checkpoint = try bytes()
                throw Stopped()
            }
        }
        let resumed = try grow(GradientBoostedTrees(bytes: checkpoint))
        #expect(try resumed.bytes() == straight.bytes())
        #expect(try resumed.predict(rows: validation.rows) == straight.predict(rows: validation.rows))
    }

    @Test("Growing stops after the patience, and predicts by the rounds up to the best")
    func earlyStopping() throws {
        let honest = samples(400, seed: 1)
        let noise = GradientBoostedTrees.Samples(rows: honest.rows, labels: shuffled(honest.labels, seed: 8))
        var configuration = configuration(rounds: 200)
        configuration.patience = 5
        var losses: [Double] = []
        let validation = samples(400, seed: 2)
        let model = try GradientBoostedTrees.train(
            noise, columns: columns, validation: validation, configuration: configuration,
            progress: { round, _ in losses.append(try #require(round.validationLoss)) })
        let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
        #expect(losses.count == best + 6)
        configuration.patience = nil
        configuration.rounds = best + 1
        let short = try GradientBoostedTrees.train(noise, columns: columns, configuration: configuration)
        #expect(try model.predict(rows: validation.rows) == short.predict(rows: validation.rows))
    }

    @Test("A row has the same bits alone and among others")
    func batches() throws {
        let test = samples(100, seed: 2)
        let model = try GradientBoostedTrees.train(
            samples(500, seed: 1), columns: columns, configuration: configuration(rounds: 20))
        let together = try model.predict(rows: test.rows)
        for row in 0..<100 {
            #expect(try model.predict(Array(test.rows[(row * 4)..<(row * 4 + 4)])) == together[row])
        }
        #expect(try model.predict(rows: []) == [])
    }

    @Test("A missing value takes the side that was learned for it, and infinite counts as missing")
    func missing() throws {
        var random = SplitMix64(seed: 4)
        var rows = random.floats(800)
        // Missing means 1, present means the sign.
        let labels = rows.indices.map { index -> Float in
            if index.isMultiple(of: 4) { rows[index] = .nan }
            return rows[index].isNaN || rows[index] > 0.5 ? 1 : 0
        }
        let model = try GradientBoostedTrees.train(
            GradientBoostedTrees.Samples(rows: rows, labels: labels), columns: ["x"], configuration: configuration())
        #expect(try model.predict([.nan]) > 0.9)
        #expect(try model.predict([-0.9]) < 0.1)
        #expect(try model.predict([.infinity]) == model.predict([.nan]))
    }

    @Test("Rare positives weigh more when balanced")
    func balanced() throws {
        var random = SplitMix64(seed: 6)
        let rows = random.floats(1000)
        let labels = rows.indices.map { $0.isMultiple(of: 20) ? Float(1) : 0 }
        func mean(_ balanced: Bool) throws -> Float {
            var configuration = configuration(rounds: 20)
            configuration.balanced = balanced
            let model = try GradientBoostedTrees.train(
                GradientBoostedTrees.Samples(rows: rows, labels: labels), columns: ["x"],
                configuration: configuration)
            return try model.predict(rows: rows).reduce(0, +) / 1000
        }
        #expect(try mean(false) < 0.1)
        #expect(try mean(true) > 0.3)
    }

    @Test("Rows, labels, names and settings that do not fit are refused")
    func refused() throws {
        typealias Samples = GradientBoostedTrees.Samples
        func train(
            _ samples: Samples, _ columns: [String], _ change: (inout GradientBoostedTrees.Configuration) -> Void
        ) throws {
            var configuration = configuration(rounds: 2)
            change(&configuration)
            _ = try GradientBoostedTrees.train(samples, columns: columns, configuration: configuration)
        }
        let good = samples(20, seed: 1)
        try train(good, columns) { _ in }
        #expect(throws: TreesError.self) { try train(Samples(rows: [], labels: []), columns) { _ in } }
        #expect(throws: TreesError.self) { try train(Samples(rows: [1, 2], labels: [1]), columns) { _ in } }
        #expect(throws: TreesError.self) { try train(Samples(rows: [1], labels: [2]), ["a"]) { _ in } }
        #expect(throws: TreesError.self) { try train(good, ["a", "b", "c", "c"]) { _ in } }
        #expect(throws: TreesError.self) { try train(good, ["a", "b", "c", "d[0]"]) { _ in } }
        #expect(throws: TreesError.self) { try train(good, columns) { $0.rounds = 0 } }
        #expect(throws: TreesError.self) { try train(good, columns) { $0.rowShare = 0 } }
        #expect(throws: TreesError.self) { try train(good, columns) { $0.learningRate = .nan } }
        let model = try GradientBoostedTrees.train(good, columns: columns, configuration: configuration(rounds: 2))
        #expect(throws: TreesError.self) { try model.predict([1, 2, 3]) }
        #expect(throws: TreesError.self) { try model.predict(rows: [1, 2, 3, 4, 5]) }
    }

    @Test("A damaged model is refused or harmless: nothing that it says leads out of its trees")
    func damaged() throws {
        let model = try GradientBoostedTrees.train(
            samples(300, seed: 1), columns: columns, configuration: configuration(rounds: 3))
        let bytes = try model.bytes()
        let text = String(decoding: bytes, as: UTF8.self)
        for (found, replacement) in [
            (#""left_children":[1,"#, #""left_children":[99999,"#), (#""left_children":[1,"#, #""left_children":[0,"#),
            (#""right_children":[2,"#, #""right_children":[-5,"#), (#""split_indices":["#, #""split_indices":[77,"#),
            (#""num_feature":"4""#, #""num_feature":"1""#), (#""num_feature":"4""#, #""num_feature":"-1""#),
            (#""name":"gbtree""#, #""name":"dart""#), ("binary:logistic", "multi:softmax"),
            (#""tree_info":[0,"#, #""tree_info":[7,"#), (#""num_nodes":""#, #""num_nodes":"9"#),
            (#""feature_names":["a","#, #""feature_names":["#),
        ] {
            #expect(text.contains(found), "\(found)")
            let damaged = Array(text.replacing(found, with: replacement).utf8)
            #expect(throws: TreesError.self, "\(replacement)") { try GradientBoostedTrees(bytes: damaged) }
        }
        #expect(throws: TreesError.self) { try GradientBoostedTrees(bytes: []) }
        for length in stride(from: 1, to: bytes.count - 1, by: 97) {
            #expect(throws: TreesError.self) { try GradientBoostedTrees(bytes: Array(bytes[..<length])) }
        }
        var random = SplitMix64(seed: 12)
        for _ in 0..<500 {
            var damaged = bytes
            damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(ascii: "0") + UInt8(random.next() % 10)
            if let survivor = try? GradientBoostedTrees(bytes: damaged) {
                _ = try? survivor.predict(rows: [Float](repeating: 0.5, count: 4 * survivor.columns.count))
            }
        }
    }
}

@Suite("Gradient-boosted trees against XGBoost", .enabled(if: Golden.isWanted))
struct GoldenTreesTests {
    /// The columns of the cases after the features: margin, probability, that of ten rounds, leaves of two trees.
    private struct Cases {
        let rows: [Float]
        let margins: [Double]
        let probabilities: [Double]
        let earlyProbabilities: [Double]
        let leaves: [[Int]]
    }

    private func cases() throws -> Cases {
        let lines = String(decoding: try Golden.bytes("06_xgb_cases.csv"), as: UTF8.self).split(separator: "\n")
        let cells = lines.dropFirst().map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
        }
        #expect(cells.count == 300 && cells.allSatisfy { $0.count == 13 })
        return Cases(
            rows: cells.flatMap { $0[..<8].map { Float($0) } }, margins: cells.map { $0[8] },
            probabilities: cells.map { $0[9] }, earlyProbabilities: cells.map { $0[10] },
            leaves: cells.map { [Int($0[11]), Int($0[12])] })
    }

    @Test("A model of XGBoost 1.7 gives its margins and probabilities, with missing values")
    func storedModel() throws {
        let model = try GradientBoostedTrees(bytes: Golden.bytes("06_xgb_model.json"))
        let cases = try cases()
        let (rows, margins, probabilities) = (cases.rows, cases.margins, cases.probabilities)
        #expect(rows.count == 300 * 8)
        #expect(rows.contains { $0.isNaN })
        #expect(largestGap(try model.margins(rows: rows).map { Double($0) }, margins) < 1e-5)
        #expect(largestGap(try model.predict(rows: rows).map { Double($0) }, probabilities) < 1e-6)
        for row in 0..<300 {
            let probability = try model.predict(Array(rows[(row * 8)..<(row * 8 + 8)]))
            #expect(abs(Double(probability) - probabilities[row]) < 1e-6)
        }
        #expect(model.columns.prefix(3) == ["ret_1", "ret_6", "rsi_14"])
        let again = try GradientBoostedTrees(bytes: model.bytes())
        #expect(try again.margins(rows: rows) == model.margins(rows: rows))
    }

    @Test("Each row falls into XGBoost's leaf of the first and of the last tree")
    func leaves() throws {
        let model = try GradientBoostedTrees(bytes: Golden.bytes("06_xgb_model.json"))
        let cases = try cases()
        let leaves = try model.leaves(rows: cases.rows)
        try #require(leaves.count == 300 * 40)
        for (row, expected) in cases.leaves.enumerated() {
            #expect([leaves[row * 40], leaves[row * 40 + 39]] == expected, "row \(row)")
        }
    }

    @Test("A model whose best round is the tenth predicts by the first ten")
    func bestRound() throws {
        let text = String(decoding: try Golden.bytes("06_xgb_model.json"), as: UTF8.self)
        let marked = text.replacing(#""best_iteration":"39""#, with: #""best_iteration":"9""#)
        #expect(marked != text)
        let model = try GradientBoostedTrees(bytes: Array(marked.utf8))
        let cases = try cases()
        let gap = largestGap(try model.predict(rows: cases.rows).map { Double($0) }, cases.earlyProbabilities)
        #expect(gap < 1e-6)
        #expect(try model.leaves(rows: cases.rows).count == 300 * 10)
    }

    @Test("The gains by column are XGBoost's")
    func importance() throws {
        let model = try GradientBoostedTrees(bytes: Golden.bytes("06_xgb_model.json"))
        let expected = try Golden("06_xgb_meta.json")["gain_importance"]
        let importance = try model.importance()
        #expect(importance.count == 8)
        for (column, gain) in importance {
            #expect(abs(gain / (try expected.number(column)) - 1) < 1e-5, "\(column)")
        }
    }
}
