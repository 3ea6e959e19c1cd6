public import Features
public import Schema

/// Feature vectors with the direction of the next close: what a direction model learns from.
///
/// Rows are the vectors of one instrument after another, each in order of time. A sample is a row whose next candle is
/// known; its label is 1 when that candle closes higher. Samples are split by time, with a gap between the parts, so that
/// no label reaches into what it is judged on.
public struct DirectionDataset: Sendable {
    public let names: [String]
    public let featureSet: FeatureSetID
    /// Shape `[rows, features]`, row-major.
    public let rows: [Float]
    /// When each row was knowable.
    public let moments: [UnixNanos]
    /// Each sample's row, and when that was knowable; by time, then instrument.
    public let samples: [(row: Int, asOf: UnixNanos)]
    /// Of each sample, 0 or 1.
    public let labels: [Float]
    /// How many rows before each sample's belong to the same instrument.
    public let depths: [Int]

    public var columns: Int { names.count }

    /// Takes vectors in order of time, and leaves out those of other feature sets.
    public init(_ vectors: [FeatureVector], featureSet: FeatureSet) {
        names = featureSet.names
        self.featureSet = featureSet.id
        let byInstrument = Dictionary(grouping: vectors.filter { $0.featureSet == featureSet.id }, by: \.instrument)
        var rows: [Float] = []
        rows.reserveCapacity(vectors.count * featureSet.names.count)
        var moments: [UnixNanos] = []
        var samples: [(row: Int, asOf: UnixNanos, label: Float, depth: Int)] = []
        for (_, series) in byInstrument.sorted(by: { $0.key < $1.key }) {
            for (depth, vector) in series.enumerated() {
                let row = moments.count
                rows += vector.values.map { Float($0) }
                moments.append(vector.asOf)
                guard depth + 1 < series.count else { continue }
                let next = series[depth + 1]
                // Across a hole in the data the next close is not the next bar's.
                guard next.openTime == vector.asOf else { continue }
                samples.append((row, vector.asOf, next.referencePrice > vector.referencePrice ? 1 : 0, depth))
            }
        }
        samples.sort { ($0.asOf, $0.row) < ($1.asOf, $1.row) }
        self.rows = rows
        self.moments = moments
        self.samples = samples.map { ($0.row, $0.asOf) }
        labels = samples.map(\.label)
        depths = samples.map(\.depth)
    }

    /// A number that differs, almost surely, when anything that is learned from differs.
    var fingerprint: UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add(featureSet.rawValue)
        for value in rows { fingerprint.add(UInt64(value.bitPattern)) }
        for (sample, label) in zip(samples, labels) {
            fingerprint.add(UInt64(sample.row))
            fingerprint.add(UInt64(bitPattern: sample.asOf.rawValue))
            fingerprint.add(UInt64(label.bitPattern))
        }
        return fingerprint.value
    }

    /// Indices of samples for each purpose, in order of time.
    public struct Split: Sendable, Equatable {
        public let training: [Int]
        public let validation: [Int]
        public let test: [Int]
    }

    /// Splits by time: the oldest for training, then validation, then test, with `gap` moments left out in between.
    ///
    /// Where an instrument has holes, its windows reach further back than they have rows: samples whose window begins
    /// before the last label of an earlier part was known are left out too.
    ///
    /// - Parameters:
    ///   - validationShare: Of the samples before the test's.
    ///   - testShare: Of all samples.
    ///   - gap: At least the horizon of the label plus the window of the model, in bars: then neither reaches over.
    ///   - window: Rows that a sample needs before and with its own.
    /// - Returns: Empty parts where there is too little to split.
    public func split(validationShare: Double = 0.15, testShare: Double = 0.2, gap: Int, window: Int) -> Split {
        let moments = Array(Set(samples.map(\.asOf))).sorted()
        let testStart = Int(Double(moments.count) * (1 - testShare))
        let validationStart = Int(Double(testStart) * (1 - validationShare))
        guard validationStart > gap, testStart + gap < moments.count, validationStart + gap < testStart else {
            return Split(training: [], validation: [], test: [])
        }
        let training = part(before: moments[validationStart - gap], window: window)
        let validation = part(
            from: moments[validationStart], before: moments[testStart - gap], window: window,
            after: lastLabelTime(training))
        let test = part(from: moments[testStart], window: window, after: lastLabelTime(training + validation))
        return Split(training: training, validation: validation, test: test)
    }

    /// Samples within `from ..< before` whose windows are whole and begin after `label`.
    private func part(
        from: UnixNanos = UnixNanos(.min), before: UnixNanos = UnixNanos(.max), window: Int,
        after label: UnixNanos? = nil
    ) -> [Int] {
        samples.indices.filter { sample in
            let (row, asOf) = samples[sample]
            guard asOf >= from, asOf < before, depths[sample] + 1 >= window else { return false }
            return label.map { moments[row - window + 1] > $0 } ?? true
        }
    }

    /// When the last of the samples' labels was knowable: a sample's next row is that of its label.
    private func lastLabelTime(_ indices: [Int]) -> UnixNanos? { indices.map { moments[samples[$0].row + 1] }.max() }
}
