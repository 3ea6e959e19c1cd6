public import Learning

/// Windows over rows of features, each with a label: what a sequence model learns from.
///
/// The windows are cut when they are needed, so overlapping ones cost nothing.
public struct SequenceDataset: Sendable {
    /// The features `[rows, columns]`, row-major and oldest first; a value that is not finite is missing.
    public let features: [Float]
    /// The number of features of a row.
    public let columns: Int
    /// The number of rows in a window.
    public let window: Int
    /// The last row of each sample's window.
    public let ends: [Int]
    /// The label of each sample, 0 or 1.
    public let labels: [Float]

    /// Checks that all windows lie within the rows.
    public init(
        features: [Float], columns: Int, window: Int, ends: [Int], labels: [Float]
    ) throws(LearningError) {
        guard columns > 0, window > 0, features.count.isMultiple(of: columns) else {
            throw .data("\(features.count) values are no rows of \(columns)")
        }
        guard ends.count == labels.count else { throw .data("\(ends.count) windows have \(labels.count) labels") }
        let rows = features.count / columns
        guard ends.allSatisfy({ $0 >= window - 1 && $0 < rows }) else {
            throw .data("a window of \(window) rows leaves the \(rows) rows")
        }
        guard labels.allSatisfy({ $0 == 0 || $0 == 1 }) else { throw .data("a label is neither 0 nor 1") }
        self.features = features
        self.columns = columns
        self.window = window
        self.ends = ends
        self.labels = labels
    }

    /// The number of samples.
    public var count: Int { ends.count }

    /// The windows of some samples one after another, `[sample, time, feature]`.
    public func windows(of samples: some Sequence<Int>) -> [Float] {
        samples.flatMap { features[((ends[$0] - window + 1) * columns)..<((ends[$0] + 1) * columns)] }
    }

    /// The rows that are in at least one window, each once: what a scaler may be fitted to.
    public var rowsInUse: [Int] {
        var used = Array(repeating: false, count: features.count / columns)
        for end in ends { for row in (end - window + 1)...end { used[row] = true } }
        return used.indices.filter { used[$0] }
    }

    /// A number that differs, almost surely, when anything here differs (FNV-1a, 64 bits).
    public var fingerprint: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01b3 }
        mix(UInt64(columns))
        mix(UInt64(window))
        mix(UInt64(count))
        for value in features { mix(UInt64(value.bitPattern)) }
        for (end, label) in zip(ends, labels) {
            mix(UInt64(end))
            mix(UInt64(label.bitPattern))
        }
        return hash
    }
}
