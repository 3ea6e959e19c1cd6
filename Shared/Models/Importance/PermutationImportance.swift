internal import Learning
internal import Schema

/// How much worse a model does when a feature tells it nothing.
///
/// A feature's values are dealt out anew among samples, in all rows of a window together; what the log loss increases by is
/// the feature's importance. Breiman, "Random Forests", Machine Learning 45, 2001, section 10; Fisher, Rudin & Dominici 2019,
/// arXiv:1801.01489. Features that say the same stand in for each other, and then none of them is important by this measure.
public struct PermutationImportance: Codable, Sendable, Hashable {
    /// A feature, and the increase of the loss over the repeats.
    public struct Feature: Codable, Sendable, Hashable {
        public let name: String
        /// In nats; about zero, of either sign, where the feature tells the model nothing.
        public let mean: Double
        /// Standard deviation, in nats.
        public let sd: Double

        public init(name: String, mean: Double, sd: Double) { (self.name, self.mean, self.sd) = (name, mean, sd) }
    }

    /// How many samples were asked about.
    public let samples: Int
    /// How often each feature's values were dealt out.
    public let repeats: Int
    /// The mean log loss with every value in its place, in nats.
    public let loss: Double
    /// The most important first, equal ones by name.
    public let features: [Feature]

    public init(samples: Int, repeats: Int, loss: Double, features: [Feature]) {
        (self.samples, self.repeats, self.loss, self.features) = (samples, repeats, loss, features)
    }

    /// What may be spent on it: counts and no seconds, so that every machine comes to the same.
    public struct Budget: Sendable, Equatable {
        /// The most samples.
        public let samples: Int
        public let repeats: Int
        /// The most rows of features that the model reads in all.
        public let rows: Int

        public init(samples: Int, repeats: Int, rows: Int) {
            (self.samples, self.repeats, self.rows) = (samples, repeats, rows)
        }

        public static let full = Budget(samples: 2000, repeats: 5, rows: 20_000_000)
        public static let quick = Budget(samples: 500, repeats: 3, rows: 1_000_000)

        /// The samples that it buys; `nil` where they are too few to say anything.
        func samples(of available: Int, window: Int, columns: Int) -> Int? {
            let count = min(available, samples, rows / (window * columns * repeats))
            return count >= 20 ? count : nil
        }
    }

    /// Asks the model about samples that it has not learned from.
    ///
    /// - Parameters:
    ///   - model: What was fitted.
    ///   - data: Where the samples are.
    ///   - samples: Of these, as many as the budget buys are asked about, evenly spread.
    ///   - budget: How many samples and repeats.
    ///   - seed: Where chance begins; the same gives the same bits.
    ///   - watch: Told after each feature how many are done; may throw to stop.
    /// - Returns: `nil` where the budget does not buy 20 samples.
    /// - Throws: What the model or the watch throws.
    public static func measured(
        _ model: any DirectionModel, on data: Dataset, samples: [Int], _ budget: Budget, seed: UInt64,
        watch: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
    ) throws -> PermutationImportance? {
        let columns = data.columns
        guard let count = budget.samples(of: samples.count, window: model.window, columns: columns) else { return nil }
        let asked = samples.spread(count)
        let inputs = data.inputs(asked, length: model.window)
        let outcomes = asked.map { data.samples[$0].answer.isUp }
        func loss(_ inputs: ModelInputs) throws -> Double {
            let probabilities = try model.probabilities(of: inputs).map(Double.init)
            // Of 20 samples or more.
            return BinaryScores(probabilities: probabilities, outcomes: outcomes).logLoss!
        }
        let plain = try loss(inputs)
        var features: [Feature] = []
        for (column, name) in data.names.enumerated() {
            var random = SplitMix64(seed: seed ^ UInt64(column) << 32)
            let increases = try (0..<budget.repeats).map { _ in
                let order = randomOrder(count, using: &random)
                return try loss(inputs.exchanging(column, of: columns, by: order)) - plain
            }
            features.append(
                Feature(
                    name: name, mean: increases.reduce(0, +) / Double(budget.repeats), sd: increases.standardDeviation))
            try watch(column + 1, columns)
        }
        features.sort { ($1.mean, $0.name) < ($0.mean, $1.name) }
        return PermutationImportance(samples: count, repeats: budget.repeats, loss: plain, features: features)
    }

    /// With the most important features alone.
    func first(_ count: Int) -> PermutationImportance {
        PermutationImportance(samples: samples, repeats: repeats, loss: loss, features: Array(features.prefix(count)))
    }
}
