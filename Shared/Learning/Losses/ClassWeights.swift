/// Weights that let rare classes count as much as frequent ones.
public enum ClassWeights {
    /// The weight of each class, n ∕ (k · count), of n labels in k different classes: scikit-learn's "balanced".
    ///
    /// King and Zeng, "Logistic Regression in Rare Events Data", Political Analysis, 2001. Give the labels of the training
    /// rows alone, or the weights tell of the test.
    ///
    /// - Parameters:
    ///   - labels: Each in `0..<classes`.
    ///   - classes: How many classes there are.
    /// - Returns: One a class; zero for a class without a label, which does not count among the k.
    public static func balanced(_ labels: some Sequence<Int>, classes: Int) -> [Double] {
        var counts = Array(repeating: 0, count: classes)
        for label in labels {
            precondition((0..<classes).contains(label), "a label of the \(classes) classes")
            counts[label] += 1
        }
        let total = Double(counts.reduce(0, +))
        let present = Double(counts.count { $0 > 0 })
        return counts.map { $0 > 0 ? total / (present * Double($0)) : 0 }
    }
}
