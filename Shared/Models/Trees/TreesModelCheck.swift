internal import Foundation

/// Checks that a model in XGBoost's JSON keeps within its own bounds.
///
/// XGBoost trusts the numbers of nodes and columns in a model that it loads, and would follow a damaged one out of its
/// memory. This guards against damage and mistakes; who may write models is the registry's concern.
enum TreesModelCheck {
    /// Throws unless every tree is a tree over columns that the model has.
    ///
    /// - Returns: the number of columns.
    @discardableResult
    static func check(_ json: [UInt8]) throws(TreesError) -> Int {
        guard let root = (try? JSONSerialization.jsonObject(with: Data(json))) as? [String: Any],
            let learner = root["learner"] as? [String: Any],
            let parameters = learner["learner_model_param"] as? [String: Any],
            let columns = (parameters["num_feature"] as? String).flatMap({ Int($0) }), (1...100_000).contains(columns),
            let objective = learner["objective"] as? [String: Any],
            let booster = learner["gradient_booster"] as? [String: Any],
            let model = booster["model"] as? [String: Any],
            let trees = model["trees"] as? [[String: Any]],
            let groups = model["tree_info"] as? [Int]
        else { throw .model("it is not XGBoost's JSON") }
        guard objective["name"] as? String == "binary:logistic", booster["name"] as? String == "gbtree" else {
            throw .model("it is not a binary classifier of plain trees")
        }
        guard ["0", "1"].contains(parameters["num_class"] as? String ?? "0"),
            ["0", "1"].contains(parameters["num_target"] as? String ?? "1"),
            groups.count == trees.count, groups.allSatisfy({ $0 == 0 })
        else { throw .model("it has more than one output") }
        let names = learner["feature_names"] as? [String] ?? []
        guard names.isEmpty || names.count == columns else { throw .model("its columns' names do not fit") }
        for (number, tree) in trees.enumerated() {
            guard isTree(tree, columns: columns) else { throw .model("tree \(number) is broken") }
        }
        return columns
    }

    private static func isTree(_ tree: [String: Any], columns: Int) -> Bool {
        guard let left = tree["left_children"] as? [Int], let right = tree["right_children"] as? [Int],
            let size = tree["tree_param"] as? [String: Any], size["num_nodes"] as? String == "\(left.count)",
            ["0", "1"].contains(size["size_leaf_vector"] as? String ?? "0"),
            let parents = tree["parents"] as? [Int], let split = tree["split_indices"] as? [Int],
            let conditions = tree["split_conditions"] as? [Double], !left.isEmpty,
            [right.count, parents.count, split.count, conditions.count].allSatisfy({ $0 == left.count }),
            (tree["default_left"] as? [Any])?.count == left.count,
            (tree["categories"] as? [Any] ?? []).isEmpty,
            (tree["split_type"] as? [Int] ?? []).allSatisfy({ $0 == 0 })
        else { return false }
        // A child comes after its parent, so a walk ends; each node but the root is the child of one.
        var seen = Array(repeating: false, count: left.count)
        for node in left.indices {
            if left[node] == -1 && right[node] == -1 { continue }
            guard (0..<columns).contains(split[node]), left[node] != right[node] else { return false }
            for child in [left[node], right[node]] {
                guard child > node, child < left.count, !seen[child], parents[child] == node else { return false }
                seen[child] = true
            }
        }
        return seen.dropFirst().allSatisfy { $0 }
    }
}
