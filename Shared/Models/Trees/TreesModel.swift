internal import Foundation

/// A model as XGBoost's JSON says it, checked to keep within its own bounds.
///
/// XGBoost trusts the numbers of nodes and columns in a model that it loads, and would follow a damaged one out of its
/// memory. This guards against damage and mistakes; who may write models is the registry's concern. The fields are
/// those of XGBoost's `doc/model.schema`, with their names in Swift's manner; what is not named here is not read.
struct TreesModel: Decodable {
    let learner: Learner

    /// The names of the columns, in order; where a model has none, those that XGBoost gives them.
    var columns: [String] {
        if let names = learner.featureNames, !names.isEmpty { return names }
        // The check has read the number.
        return (0..<Int(learner.learnerModelParam.numFeature)!).map { "f\($0)" }
    }

    struct Learner: Decodable {
        let attributes: [String: String]?
        let featureNames: [String]?
        let gradientBooster: GradientBooster
        let learnerModelParam: Parameters
        let objective: Objective
    }

    struct Parameters: Decodable {
        let baseScore: String
        let numFeature: String
        let numClass: String?
        let numTarget: String?
    }

    struct Objective: Decodable {
        let name: String
    }

    struct GradientBooster: Decodable {
        let name: String
        let model: Forest
    }

    struct Forest: Decodable {
        /// Where the trees of each round begin, and at last the number of trees; absent before XGBoost 2.
        let iterationIndptr: [Int]?
        /// The output that each tree adds to.
        let treeInfo: [Int]
        let trees: [Tree]
    }

    /// Arrays with a place for each node; the root is the first.
    struct Tree: Decodable {
        /// The node that a split's rows go to, -1 for a leaf.
        let leftChildren: [Int]
        let rightChildren: [Int]
        let parents: [Int]
        /// The column of a split.
        let splitIndices: [Int]
        /// What a split's column must be below to go left; the value of a leaf.
        let splitConditions: [Float]
        /// Whether rows without the column go left.
        let defaultLeft: Flags
        let splitType: [Int]?
        let categories: [Int]?
        let treeParam: Size
    }

    struct Size: Decodable {
        let numNodes: String
        let sizeLeafVector: String?
    }

    /// Truth values, which old versions wrote as such and newer ones write as 0 and 1.
    struct Flags: Decodable {
        let areSet: [Bool]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let numbers = try? container.decode([Int].self) {
                areSet = numbers.map { $0 == 1 }
            } else {
                areSet = try container.decode([Bool].self)
            }
        }
    }
}

// MARK: - Check

extension TreesModel {
    /// Reads a model, and throws unless it has one output and every tree is a tree over columns that the model has.
    init(json: [UInt8]) throws(TreesError) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do { self = try decoder.decode(TreesModel.self, from: Data(json)) } catch {
            throw .model("it is not XGBoost's JSON")
        }
        let (parameters, forest) = (learner.learnerModelParam, learner.gradientBooster.model)
        guard let columns = Int(parameters.numFeature), (1...100_000).contains(columns) else {
            throw .model("it has no columns, or too many")
        }
        guard learner.objective.name == "binary:logistic", learner.gradientBooster.name == "gbtree" else {
            throw .model("it is not a binary classifier of plain trees")
        }
        guard ["0", "1"].contains(parameters.numClass ?? "0"), ["0", "1"].contains(parameters.numTarget ?? "1"),
            forest.treeInfo.count == forest.trees.count, forest.treeInfo.allSatisfy({ $0 == 0 })
        else { throw .model("it has more than one output") }
        let names = learner.featureNames ?? []
        guard names.isEmpty || names.count == columns else { throw .model("its columns' names do not fit") }
        // XGBoost takes the base score of a model without trees for a margin.
        guard !forest.trees.isEmpty else { throw .model("it has no trees") }
        for (number, tree) in forest.trees.enumerated() {
            guard tree.isSound(columns: columns) else { throw .model("tree \(number) is broken") }
        }
        if let starts = forest.iterationIndptr {
            guard starts.first == 0, starts.last == forest.trees.count, zip(starts, starts.dropFirst()).allSatisfy(<)
            else { throw .model("its rounds do not fit its trees") }
        }
    }
}

extension TreesModel.Tree {
    /// Whether each node but the root is the child of one, and each split asks for one of the columns.
    fileprivate func isSound(columns: Int) -> Bool {
        let count = leftChildren.count
        guard count > 0, treeParam.numNodes == "\(count)", ["0", "1"].contains(treeParam.sizeLeafVector ?? "0"),
            [rightChildren.count, parents.count, splitIndices.count].allSatisfy({ $0 == count }),
            splitConditions.count == count, defaultLeft.areSet.count == count,
            (categories ?? []).isEmpty, (splitType ?? []).allSatisfy({ $0 == 0 })
        else { return false }
        // A child comes after its parent, so a walk ends.
        var seen = Array(repeating: false, count: count)
        for node in 0..<count {
            let children = [leftChildren[node], rightChildren[node]]
            if children == [-1, -1] { continue }
            guard (0..<columns).contains(splitIndices[node]) else { return false }
            for child in children {
                guard child > node, child < count, !seen[child], parents[child] == node else { return false }
                seen[child] = true
            }
        }
        return seen.dropFirst().allSatisfy { $0 }
    }
}
