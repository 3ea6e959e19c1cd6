internal import Foundation

/// The trees of a model, laid out to be walked four at a time, with the bits of XGBoost's own prediction.
///
/// XGBoost takes tens of microseconds to be asked at all: each call makes a context of its own, which compiles a
/// regular expression. A walk through a hundred trees takes two. It is XGBoost's walk in single precision, so the bits
/// are the same: a value goes left when it is below the threshold, and the leaves are added to the base in the trees'
/// order.
struct FlatTrees: Sendable {
    /// A node of any tree.
    ///
    /// A leaf is a split that leads to itself, so that trees of unequal depth are walked in step.
    private struct Node {
        /// What the column must be below to go left.
        var threshold = Float.infinity
        /// The place of the left child; the right one comes after it.
        var left: Int32
        var column: Int32 = 0
        /// Which child a row without the column goes to: 0 is left, 1 is right.
        var missing: Int32 = 0
    }

    /// Four trees that are walked at once: a step of one waits for memory while the others compare.
    private struct Group {
        var roots: SIMD4<Int32>
        /// The splits on the longest way from a root to a leaf.
        var depth = 0
    }

    private var nodes: [Node] = []
    /// What each node adds as a leaf.
    private var values: [Float] = []
    private var groups: [Group] = []
    /// The log-odds before any tree.
    private let base: Float
    /// The rounds that predict: those up to the best, or all.
    let rounds: Int

    /// Lays out a model that XGBoost wrote: it may have read the numbers of other writers in its own way.
    init(_ model: TreesModel) throws(TreesError) {
        let (learner, forest) = (model.learner, model.learner.gradientBooster.model)
        // XGBoost 3 writes "[5E-1]", with a number for each output.
        let score = Float(learner.learnerModelParam.baseScore.trimmingPrefix("[").prefix { $0 != "]" })
        guard let starts = forest.iterationIndptr, let score else {
            throw .model("it lacks rounds or a base score")
        }
        base = LogisticLink.margin(probability: score)
        let all = starts.count - 1
        let best = learner.attributes?["best_iteration"].flatMap { Int($0) } ?? all
        rounds = (0..<all).contains(best) ? best + 1 : all
        let trees = forest.trees.prefix(starts[rounds])
        for first in stride(from: 0, to: trees.count, by: 4) {
            var group = Group(roots: [0, 0, 0, 0])
            for place in 0..<4 {
                group.roots[place] = Int32(nodes.count)
                if first + place < trees.count {
                    group.depth = max(group.depth, add(trees[first + place]))
                } else {
                    // A tree that changes no sum, not even one of -0.
                    addNode(value: -0.0)
                }
            }
            groups.append(group)
        }
    }

    /// Lays out a tree and gives its depth.
    private mutating func add(_ tree: TreesModel.Tree) -> Int {
        var open = [(number: 0, place: nodes.count, depth: 0)]
        var deepest = 0
        addNode(value: tree.splitConditions[0])
        while let (number, place, depth) = open.popLast() {
            let children = [tree.leftChildren[number], tree.rightChildren[number]]
            deepest = max(deepest, depth)
            if children[0] < 0 { continue }
            nodes[place] = Node(
                threshold: tree.splitConditions[number], left: Int32(nodes.count),
                column: Int32(tree.splitIndices[number]), missing: tree.defaultLeft.areSet[number] ? 0 : 1)
            for child in children {
                open.append((child, nodes.count, depth + 1))
                addNode(value: tree.splitConditions[child])
            }
        }
        return deepest
    }

    /// Adds a leaf, which a split may replace.
    private mutating func addNode(value: Float) {
        nodes.append(Node(left: Int32(nodes.count)))
        values.append(value)
    }

    /// The log-odds of the second class for the row that begins at `start`.
    func margin(_ rows: [Float], at start: Int) -> Float {
        var sum = base
        for group in groups {
            var (a, b, c, d) = (group.roots[0], group.roots[1], group.roots[2], group.roots[3])
            for _ in 0..<group.depth {
                a = child(of: a, rows, start)
                b = child(of: b, rows, start)
                c = child(of: c, rows, start)
                d = child(of: d, rows, start)
            }
            // One after the other, from the left, as XGBoost adds them.
            sum = sum + values[Int(a)] + values[Int(b)] + values[Int(c)] + values[Int(d)]
        }
        return sum
    }

    /// Where the row goes on from a node; a value that is not finite is missing.
    @inline(__always)
    private func child(of node: Int32, _ rows: [Float], _ start: Int) -> Int32 {
        let split = nodes[Int(node)]
        let value = rows[start + Int(split.column)]
        return split.left + (value.isFinite ? (value < split.threshold ? 0 : 1) : split.missing)
    }
}
