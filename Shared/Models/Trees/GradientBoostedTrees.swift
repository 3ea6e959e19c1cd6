internal import Synchronization

/// A classifier of two classes by gradient-boosted trees (Chen & Guestrin 2016, arXiv:1603.02754), grown by XGBoost.
///
/// Rows are row-major `Float`s in the order of ``columns``; a value that is not finite is missing. Equal inputs give
/// equal bits, those of XGBoost. May be used from several threads: predictions run side by side, all else takes turns.
public final class GradientBoostedTrees: Sendable {
    /// The names of the columns, in order.
    public let columns: [String]
    /// What predicts.
    private let trees: FlatTrees
    /// What reads, writes and explains.
    private let booster: Mutex<Booster>

    /// Takes a model over that is not grown any more.
    private init(_ booster: consuming Booster) throws(TreesError) {
        let model = try TreesModel(json: booster.json())
        columns = model.columns
        trees = try FlatTrees(model)
        self.booster = Mutex(booster)
    }

    /// Loads a model in XGBoost's JSON, ours or another writer's, that classifies two classes.
    ///
    /// - Throws: ``TreesError`` when the bytes are anything else.
    public convenience init(bytes: [UInt8]) throws(TreesError) {
        _ = try TreesModel(json: bytes)
        let booster = try Booster([])
        try booster.load(bytes)
        try booster.set("nthread", "1")
        try booster.set("verbosity", "0")
        try self.init(booster)
    }

    /// The model in XGBoost's JSON, which holds the columns' names and can be opened from Python.
    public func bytes() throws(TreesError) -> [UInt8] {
        try booster.withLock { booster throws(TreesError) in try booster.json() }
    }

    /// The number of rounds in the model.
    public func rounds() throws(TreesError) -> Int {
        try booster.withLock { booster throws(TreesError) in try booster.rounds() }
    }

    /// The probability of the second class for one row.
    public func predict(_ row: [Float]) throws(TreesError) -> Float {
        guard row.count == columns.count else { throw .data("\(row.count) values for \(columns.count) columns") }
        return LogisticLink.probability(margin: trees.margin(row, at: 0))
    }

    /// The probability of the second class for each row; the same bits as one by one.
    public func predict(rows: [Float]) throws(TreesError) -> [Float] {
        try margins(rows: rows).map { LogisticLink.probability(margin: $0) }
    }

    /// The log-odds of the second class for each row.
    public func margins(rows: [Float]) throws(TreesError) -> [Float] {
        let count = try rowCount(rows)
        return (0..<count).map { trees.margin(rows, at: $0 * columns.count) }
    }

    /// The mean gain of the splits on each column; a column that no tree splits on is absent.
    public func importance() throws(TreesError) -> [String: Double] {
        try booster.withLock { booster throws(TreesError) in try booster.gains() }
    }

    /// The leaf of each tree that each row falls into, `[row, tree]`, numbered as the nodes of XGBoost's JSON.
    public func leaves(rows: [Float]) throws(TreesError) -> [Int] {
        let count = try rowCount(rows)
        guard count > 0 else { return [] }
        let labels = [Float](repeating: 0, count: count)
        let matrix = try TreesMatrix(rows, columns: columns.count, labels: labels)
        return try booster.withLock { booster throws(TreesError) in
            try booster.leaves(matrix, rounds: trees.rounds)
        }
    }

    private func rowCount(_ rows: [Float]) throws(TreesError) -> Int {
        guard rows.count.isMultiple(of: columns.count) else {
            throw .data("\(rows.count) values are no rows of \(columns.count)")
        }
        return rows.count / columns.count
    }
}

// MARK: - Training

extension GradientBoostedTrees {
    /// Rows with their labels.
    public struct Samples: Sendable {
        /// Row-major.
        public let rows: [Float]
        /// 0 or 1 for each row.
        public let labels: [Float]

        public init(rows: [Float], labels: [Float]) {
            self.rows = rows
            self.labels = labels
        }
    }

    /// Grows a model.
    ///
    /// - Parameters:
    ///   - samples: what to learn from.
    ///   - columns: the columns' names, in order.
    ///   - validation: other samples; with them the model predicts by the rounds up to the lowest loss on them, and
    ///     the configured patience ends the growing.
    ///   - configuration: how to grow.
    ///   - earlier: a model to go on from, grown from the same samples by the same configuration. The result has the
    ///     same bits as one grown in one go.
    ///   - progress: called after each round with what makes the bytes of the model so far, a checkpoint; may throw to
    ///     stop.
    /// - Returns: the model after the last round.
    /// - Throws: ``TreesError`` when samples or settings are refused, and what `progress` throws.
    public static func train(
        _ samples: Samples, columns: [String], validation: Samples? = nil, configuration: Configuration,
        continuing earlier: GradientBoostedTrees? = nil,
        progress: (Round, _ checkpoint: () throws(TreesError) -> [UInt8]) throws -> Void = { _, _ in }
    ) throws -> GradientBoostedTrees {
        try configuration.check()
        try checkNames(columns)
        if let earlier, earlier.columns != columns { throw TreesError.data("the earlier model has other columns") }
        let matrices = try [samples, validation].compactMap { $0 }.map { try matrix($0, columns: columns) }
        let booster = try Booster(matrices)
        if let earlier { try booster.load(try earlier.bytes()) }
        try booster.set(columns: columns)
        let positives = samples.labels.count { $0 == 1 }
        for (name, value) in configuration.parameters(
            positives: positives, negatives: samples.labels.count - positives)
        {
            try booster.set(name, value)
        }
        while let round = try grow(booster, matrices, configuration) {
            try progress(round) { () throws(TreesError) in try booster.json() }
        }
        return try GradientBoostedTrees(booster)
    }

    /// Grows one round, or gives `nil` when all are there or patience has run out.
    private static func grow(
        _ booster: borrowing Booster, _ matrices: [TreesMatrix], _ configuration: Configuration
    ) throws(TreesError) -> Round? {
        let done = try booster.rounds()
        let best = booster[attribute: "best_iteration"].flatMap { Int($0) }
        let isStale = configuration.patience.map { done - ((best ?? done) + 1) >= $0 } ?? false
        if done >= configuration.rounds || isStale { return nil }
        try booster.grow(round: done, seed: configuration.seed(ofRound: done), matrices[0])
        let losses = try booster.losses(round: done, matrices)
        if losses.count > 1, losses[1] < booster[attribute: "best_score"].flatMap({ Double($0) }) ?? .infinity {
            try booster.set(attribute: "best_iteration", "\(done)")
            try booster.set(attribute: "best_score", "\(losses[1])")
        }
        return Round(
            number: done + 1, rounds: configuration.rounds, trainingLoss: losses[0],
            validationLoss: losses.count > 1 ? losses[1] : nil)
    }

    private static func matrix(_ samples: Samples, columns: [String]) throws(TreesError) -> TreesMatrix {
        guard !samples.labels.isEmpty, samples.rows.count == samples.labels.count * columns.count else {
            throw .data("\(samples.rows.count) values, \(samples.labels.count) labels, \(columns.count) columns")
        }
        guard samples.labels.allSatisfy({ $0 == 0 || $0 == 1 }) else { throw .data("a label is neither 0 nor 1") }
        return try TreesMatrix(samples.rows, columns: columns.count, labels: samples.labels)
    }

    /// Python's XGBoost refuses names with these characters.
    private static func checkNames(_ columns: [String]) throws(TreesError) {
        guard !columns.isEmpty, Set(columns).count == columns.count else {
            throw .data("column names must be there, and different")
        }
        for name in columns where name.isEmpty || name.contains(where: { "[]<".contains($0) || $0 == "\0" }) {
            throw .data("\"\(name.prefix(64))\" is no column name")
        }
    }
}
