import Schema
import Testing

@testable import Models

@Suite("Numbers in gradient-boosted trees against XGBoost's, bit for bit")
struct TreesNumberTests {
    /// Models of stumps over one column, in XGBoost's JSON.
    private struct Stumps {
        var baseScore = "[5E-1]"
        /// Condition, left leaf and right leaf of each stump.
        var trees = [("0E0", "-1E0", "1E0")]
        var defaultLeft = "0,0,0"
        var attributes = "{}"
        var treesPerRound = 1
        /// The places of the trees in the model, in the order in which they are written.
        var order: [Int]?

        var json: [UInt8] {
            let written = (order ?? Array(trees.indices)).map { number in
                """
                {"base_weights":[0E0,0E0,0E0],"categories":[],"categories_nodes":[],"categories_segments":[],\
                "categories_sizes":[],"default_left":[\(defaultLeft)],"id":\(number),"left_children":[1,-1,-1],\
                "loss_changes":[0E0,0E0,0E0],"parents":[2147483647,0,0],"right_children":[2,-1,-1],\
                "split_conditions":[\(trees[number].0),\(trees[number].1),\(trees[number].2)],\
                "split_indices":[0,0,0],"split_type":[0,0,0],"sum_hessian":[0E0,0E0,0E0],\
                "tree_param":{"num_deleted":"0","num_feature":"1","num_nodes":"3","size_leaf_vector":"1"}}
                """
            }
            let starts = stride(from: 0, through: trees.count, by: treesPerRound).map { "\($0)" }
            return Array(
                """
                {"learner":{"attributes":\(attributes),"feature_names":[],"feature_types":[],"gradient_booster":{"model":{\
                "gbtree_model_param":{"num_parallel_tree":"\(treesPerRound)","num_trees":"\(trees.count)"},\
                "iteration_indptr":[\(starts.joined(separator: ","))],\
                "tree_info":[\(trees.map { _ in "0" }.joined(separator: ","))],\
                "trees":[\(written.joined(separator: ","))]},"name":"gbtree"},\
                "learner_model_param":{"base_score":"\(baseScore)","boost_from_average":"1","num_class":"0",\
                "num_feature":"1","num_target":"1"},"objective":{"name":"binary:logistic",\
                "reg_loss_param":{"scale_pos_weight":"1"}}},"version":[3,2,0]}
                """.utf8)
        }
    }

    /// Expects XGBoost's bits for rows of one column, from the first `rounds` rounds (0: from all).
    private func expectEqual(
        _ stumps: Stumps, _ rows: [Float] = [-1, 1], rounds: Int = 0, _ comment: Comment? = nil,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let (model, reference) = (try GradientBoostedTrees(bytes: stumps.json), try XGBoostReference(stumps.json))
        for (found, margin) in [(try model.margins(rows: rows), true), (try model.predict(rows: rows), false)] {
            let expected = try reference.predict(rows, columns: 1, margin: margin, rounds: rounds)
            #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), comment, sourceLocation: location)
        }
    }

    @Test("Base scores of every form, up to 0 and 1")
    func baseScores() throws {
        var random = SplitMix64(seed: 1)
        let fixed = [
            "5E-1", "0.5", "[0.5]", "[0E0]", "[1E0]", "[1E-7]", "[1E-6]", "[9.9999E-7]", "[1.0000001E-6]",
            "[9.99999E-1]",
            "[9.9999905E-1]", "[9.9999994E-1]", "[3.3333334E-1]", "0.333333333333333333333",
        ]
        let drawn = (0..<300).map { _ in "[\(Float.random(in: 0...1, using: &random))]".uppercased() }
        for score in fixed + drawn {
            try expectEqual(Stumps(baseScore: score, trees: [("0E0", "-0E0", "-0E0")]), [0], "\(score)")
        }
    }

    @Test("Margins beyond where the exponential ends, and between")
    func margins() throws {
        var random = SplitMix64(seed: 2)
        let edges: [Float] = [88.7, 88.72284, 89, 103.9, 16.635532, 17.32868, 0, 3e38]
        let fixed = edges.flatMap { [$0, $0.nextUp, $0.nextDown] }.filter(\.isFinite)
        let drawn = (0..<500).map { _ in
            Float.random(in: -1...1, using: &random) * Float.random(in: 0...110, using: &random)
        }
        for margin in fixed + drawn {
            let leaves = ("0E0", "\(margin)".uppercased(), "\(-margin)".uppercased())
            try expectEqual(Stumps(trees: [leaves]), [-1, 1], "\(margin)")
        }
    }

    @Test(
        "Conditions and leaves as XGBoost reads them, to the last place",
        arguments: [
            "1E-45", "1.1754942E-38", "1.1754944E-38", "3.4028235E38", "-0.0", "-0E0", "0E0", "16777217.0", "1E0",
            "0.1",
            "1.00000006", "1.0000000596046448", "0.30000001192092896",
            "-7.0064923216240853546186479164495806564013E-45",
        ])
    func numbers(_ number: String) throws {
        let near = try #require(Float(number))
        let rows = [near, near.nextUp, near.nextDown, near.nextUp.nextUp, 0, -0.0]
        try expectEqual(Stumps(trees: [(number, "2.5E-1", number)]), rows)
    }

    @Test("Trees are added in the order of their numbers, whatever the order in which they are written")
    func order() throws {
        // In single precision 1 is lost beside 1e8, but not when the two of 1e8 have cancelled before it comes.
        let trees = [
            ("0E0", "1E8", "3E0"), ("0E0", "-1E8", "1E0"), ("0E0", "1E0", "1E-8"), ("0E0", "1E-1", "1E8"),
            ("0E0", "1E0", "-1E8"),
        ]
        for order in [[0, 1, 2, 3, 4], [2, 0, 4, 1, 3], [4, 3, 2, 1, 0]] {
            try expectEqual(Stumps(trees: trees, order: order), [-1, 1], "\(order)")
        }
    }

    @Test("A sum of nothing but minus zero stays minus zero, whatever the number of trees", arguments: 1...5)
    func minusZero(_ count: Int) throws {
        let trees = (0..<count).map { _ in ("0E0", "-0E0", "-0E0") }
        try expectEqual(Stumps(trees: trees))
    }

    @Test("A round of several trees counts as one, and a best round that is not there as none", arguments: -2...4)
    func rounds(best: Int) throws {
        let trees = (1...6).map { ("0E0", "1E-\($0)", "-2E-\($0)") }
        let stumps = Stumps(trees: trees, attributes: #"{"best_iteration":"\#(best)"}"#, treesPerRound: 2)
        try expectEqual(stumps, rounds: (0..<3).contains(best) ? best + 1 : 0)
    }

    @Test(
        "A best round that is no number, or too large for one, counts as none", arguments: ["x", "9223372036854775807"])
    func unreadableBest(_ best: String) throws {
        try expectEqual(Stumps(attributes: #"{"best_iteration":"\#(best)"}"#))
    }

    @Test(
        "A missing value goes where the model says, in either spelling",
        arguments: ["0,0,0", "1,0,0", "true,false,false"])
    func missing(_ defaultLeft: String) throws {
        let stumps = Stumps(defaultLeft: defaultLeft)
        try expectEqual(stumps, [.nan, .infinity, -.infinity, 0, -1])
        let read = try TreesModel(json: stumps.json).learner.gradientBooster.model.trees
        #expect(read.map(\.defaultLeft.areSet) == [[!defaultLeft.hasPrefix("0"), false, false]])
    }

    @Test(
        "A base score that is no probability is refused",
        arguments: ["[-1E0]", "[2E0]", "[NaN]", "[]", "[5E-1,5E-1]", "x"])
    func refusedBase(_ score: String) {
        #expect(throws: TreesError.self) { try GradientBoostedTrees(bytes: Stumps(baseScore: score).json) }
    }

    @Test(
        "Rounds that do not fit the trees are refused",
        arguments: ["[0,1,2]", "[1,1]", "[0,2,1]", "[0,0,1]", "[0]", "[]", "[-1,1]"])
    func refusedRounds(_ starts: String) {
        let text = String(decoding: Stumps().json, as: UTF8.self)
        let damaged = text.replacing(#""iteration_indptr":[0,1]"#, with: #""iteration_indptr":\#(starts)"#)
        #expect(damaged != text)
        #expect(throws: TreesError.model("its rounds do not fit its trees")) {
            try GradientBoostedTrees(bytes: Array(damaged.utf8))
        }
    }

    @Test("A model without trees is refused: XGBoost takes its base score for a margin")
    func refusedEmptiness() throws {
        let empty = Stumps(trees: []).json
        #expect(try XGBoostReference(empty).predict([0], columns: 1, margin: true) == [0.5])
        #expect(throws: TreesError.model("it has no trees")) { try GradientBoostedTrees(bytes: empty) }
    }

    @Test(
        "What is no sound tree of ours is refused before XGBoost reads it",
        arguments: [
            (#""binary:logistic""#, #""reg:squarederror""#, "it is not a binary classifier of plain trees"),
            (#""name":"gbtree""#, #""name":"dart""#, "it is not a binary classifier of plain trees"),
            (#""num_feature":"1","num_target""#, #""num_feature":"0","num_target""#, "it has no columns, or too many"),
            (#""num_class":"0""#, #""num_class":"2""#, "it has more than one output"),
            (#""num_target":"1""#, #""num_target":"2""#, "it has more than one output"),
            (#""tree_info":[0]"#, #""tree_info":[1]"#, "it has more than one output"),
            (#""tree_info":[0]"#, #""tree_info":[]"#, "it has more than one output"),
            (#""feature_names":[]"#, #""feature_names":["a","b"]"#, "its columns' names do not fit"),
            (#""num_nodes":"3""#, #""num_nodes":"4""#, "tree 0 is broken"),
            (#""size_leaf_vector":"1""#, #""size_leaf_vector":"2""#, "tree 0 is broken"),
            (#""categories":[]"#, #""categories":[1]"#, "tree 0 is broken"),
            (#""split_type":[0,0,0]"#, #""split_type":[1,0,0]"#, "tree 0 is broken"),
            (#""default_left":[0,0,0]"#, #""default_left":[0]"#, "tree 0 is broken"),
            (#""split_conditions":[0E0,"#, #""split_conditions":["#, "tree 0 is broken"),
            (#""split_indices":[0,"#, #""split_indices":[1,"#, "tree 0 is broken"),
            (#""split_indices":[0,"#, #""split_indices":["#, "tree 0 is broken"),
            (#""parents":[2147483647,0,0]"#, #""parents":[2147483647,0,1]"#, "tree 0 is broken"),
            (#""left_children":[1,"#, #""left_children":[2,"#, "tree 0 is broken"),
            (#""left_children":[1,"#, #""left_children":[0,"#, "tree 0 is broken"),
            (#""left_children":[1,"#, #""left_children":[3,"#, "tree 0 is broken"),
            (
                #""left_children":[1,-1,-1],"loss_changes":[0E0,0E0,0E0],"parents":[2147483647,0,0],"right_children":[2,"#,
                #""left_children":[-1,-1,-1],"parents":[2147483647,0,0],"right_children":[-1,"#, "tree 0 is broken"
            ),
        ])
    func refused(_ found: String, _ replacement: String, _ reason: String) {
        let text = String(decoding: Stumps().json, as: UTF8.self)
        #expect(text.contains(found))
        let damaged = Array(text.replacing(found, with: replacement).utf8)
        #expect(throws: TreesError.model(reason)) { try GradientBoostedTrees(bytes: damaged) }
    }

    @Test("A split both of whose children are the same node is refused")
    func refusedTwins() {
        var text = String(decoding: Stumps().json, as: UTF8.self)
        for (three, two) in [
            ("[1,-1,-1]", "[1,-1]"), ("[2,-1,-1]", "[1,-1]"), ("[2147483647,0,0]", "[2147483647,0]"),
            ("[0,0,0]", "[0,0]"),
            ("[0E0,0E0,0E0]", "[0E0,0E0]"), ("[0E0,-1E0,1E0]", "[0E0,-1E0]"),
            (#""num_nodes":"3""#, #""num_nodes":"2""#),
        ] { text = text.replacing(three, with: two) }
        #expect(throws: TreesError.model("tree 0 is broken")) { try GradientBoostedTrees(bytes: Array(text.utf8)) }
    }
}
