extension GradientBoostedTrees {
    /// How trees are grown; the names in brackets are XGBoost's.
    public struct Configuration: Codable, Sendable, Equatable {
        /// The most trees.
        public var rounds: Int
        /// The most splits between root and leaf (`max_depth`).
        public var maximumDepth: Int
        /// What each tree's leaves are multiplied by (`eta`).
        public var learningRate: Double
        /// The share of rows that each tree sees (`subsample`).
        public var rowShare: Double
        /// The share of columns that each tree sees (`colsample_bytree`).
        public var columnShare: Double
        /// The L2 penalty on leaves (`lambda`).
        public var leafPenalty: Double
        /// The smallest sum of second derivatives in a leaf (`min_child_weight`).
        public var minimumChildWeight: Double
        /// The smallest gain of a split (`gamma`).
        public var minimumGain: Double
        /// The buckets of each column's histogram (`max_bin`).
        public var bins: Int
        /// Whether rare positives weigh as much as all negatives together (`scale_pos_weight`).
        public var balanced: Bool
        /// Rounds without a lower validation loss after which growing stops; `nil` never stops.
        public var patience: Int?
        /// Where the draws of rows and columns begin.
        public var seed: UInt32

        public init(
            rounds: Int = 200, maximumDepth: Int = 4, learningRate: Double = 0.05, rowShare: Double = 0.8,
            columnShare: Double = 0.8, leafPenalty: Double = 1, minimumChildWeight: Double = 1,
            minimumGain: Double = 0, bins: Int = 256, balanced: Bool = false, patience: Int? = nil, seed: UInt32 = 1
        ) {
            self.rounds = rounds
            self.maximumDepth = maximumDepth
            self.learningRate = learningRate
            self.rowShare = rowShare
            self.columnShare = columnShare
            self.leafPenalty = leafPenalty
            self.minimumChildWeight = minimumChildWeight
            self.minimumGain = minimumGain
            self.bins = bins
            self.balanced = balanced
            self.patience = patience
            self.seed = seed
        }

        /// Refuses numbers outside their range.
        public func check() throws(TreesError) {
            func require(_ holds: Bool, _ rule: String) throws(TreesError) {
                guard holds else { throw .configuration(rule) }
            }
            try require((1...100_000).contains(rounds), "rounds must be in 1...100000")
            try require((1...24).contains(maximumDepth), "maximumDepth must be in 1...24")
            try require(learningRate > 0 && learningRate <= 1, "learningRate must be in (0, 1]")
            try require(rowShare > 0 && rowShare <= 1, "rowShare must be in (0, 1]")
            try require(columnShare > 0 && columnShare <= 1, "columnShare must be in (0, 1]")
            try require(leafPenalty >= 0 && leafPenalty.isFinite, "leafPenalty must not be negative")
            try require(minimumChildWeight >= 0 && minimumChildWeight.isFinite, "minimumChildWeight is negative")
            try require(minimumGain >= 0 && minimumGain.isFinite, "minimumGain must not be negative")
            try require((2...65_536).contains(bins), "bins must be in 2...65536")
            try require(patience.map { $0 > 0 } ?? true, "patience must be above zero")
        }

        /// The seed of one round's draws.
        func seed(ofRound round: Int) -> Int { Int(seed) * 100_003 + round }

        /// XGBoost's parameters, without method and seed, which each round sets.
        ///
        /// One thread makes the result repeatable.
        func parameters(positives: Int, negatives: Int) -> [(String, String)] {
            let weight = balanced && positives > 0 && negatives > 0 ? Double(negatives) / Double(positives) : 1
            return [
                ("verbosity", "0"), ("nthread", "1"), ("objective", "binary:logistic"), ("eval_metric", "logloss"),
                ("max_depth", "\(maximumDepth)"), ("eta", "\(learningRate)"), ("subsample", "\(rowShare)"),
                ("colsample_bytree", "\(columnShare)"), ("lambda", "\(leafPenalty)"),
                ("min_child_weight", "\(minimumChildWeight)"), ("gamma", "\(minimumGain)"), ("max_bin", "\(bins)"),
                ("scale_pos_weight", "\(weight)"),
            ]
        }
    }

    /// What came of a round of growing.
    public struct Round: Sendable, Equatable {
        /// The round, from 1: the number of trees so far.
        public let number: Int
        /// The most rounds.
        public let rounds: Int
        /// The mean logarithmic loss on the training rows.
        public let trainingLoss: Double
        /// The mean logarithmic loss on the validation rows, when there are any.
        public let validationLoss: Double?
    }
}
