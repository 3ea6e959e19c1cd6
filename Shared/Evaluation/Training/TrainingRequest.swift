public import Features
public import Models
public import Schema

/// What a training job is asked to do: the payload of a job, in JSON.
///
/// The same request over the same history always gives the same weights and the same table.
public struct TrainingRequest: Sendable, Equatable {
    /// The kinds of the jobs that carry a request: such as every build understands, and such as ask for what builds of
    /// before would pass over, and which these leave alone.
    public static let (jobKind, laterJobKind) = ("training", "training/2")

    /// Where history comes from.
    public enum Source: String, Codable, Sendable, CaseIterable {
        /// The stored feed, with everything that came in it.
        case feed
        /// The stored candles of the timeframe, from which the longer ones are made; imported ones too.
        case candles
    }

    /// The kind's name in the catalogue.
    public let model: String
    /// The model's hyper-parameters, as JSON.
    public let settings: String
    /// Each fold is fitted once from each; the first one's is the version.
    public let seeds: [UInt64]
    public let source: Source
    /// Learns from vectors that were knowable then or later; `nil` is the feed's beginning.
    public let from: UnixNanos?
    /// Learns from what was knowable by then; `nil` is everything stored when a trainer first takes the job.
    public let to: UnixNanos?
    /// In instrument order, without duplicates.
    public let instruments: [Instrument]
    /// The timeframe of the predictions.
    public let timeframe: Timeframe
    /// The longer timeframes that features look at, rising.
    public let higher: [Timeframe]
    /// The features, as in the setting `features.set`.
    public let features: FeatureSettings
    /// What is asked of each row.
    public let label: Labelling
    /// How the folds are made; `nil` is ``SplitScheme/standard(for:isQuick:)``.
    public let split: SplitScheme?
    /// Whether a rough model and few folds will do.
    public let quick: Bool
    /// Deals the answers out anew by this seed, as a test: then no model must be any good.
    public let shuffle: UInt64?
    /// The alias that shall mean the trained version, for example `champion`.
    public let promote: String?
    /// How many trainers do each fit of the model together, each with a share of every batch.
    ///
    /// The result depends on it. 1…64, and above 1 for networks only.
    public let dataParallel: Int

    /// The version with whose weights each fit of the model begins; `nil` begins with chance.
    ///
    /// For networks only: trained first on one history, for example a made-up one, and tuned on another.
    public let start: String?

    /// The most trainers that do one fit.
    public static let mostParallel = 64

    /// A request; `settings` stand in place of the kind's own, as ``Models/ModelSettings/replacing(json:)`` takes them, and
    /// without a `label` it is the direction of the next close.
    ///
    /// - Throws: ``Models/TrainingError`` when it contradicts itself.
    public init(
        model: String, settings: String = "{}", seeds: [UInt64] = [1], source: Source = .feed, from: UnixNanos? = nil,
        to: UnixNanos? = nil, instruments: [Instrument], timeframe: Timeframe, higher: [Timeframe],
        features: FeatureSettings = .standard, label: Labelling? = nil, split: SplitScheme? = nil, quick: Bool = false,
        shuffle: UInt64? = nil, promote: String? = nil, dataParallel: Int = 1, start: String? = nil
    ) throws {
        func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws(TrainingError) {
            guard holds else { throw .request(reason()) }
        }
        try require(!instruments.isEmpty, "it names no instrument")
        try require(!seeds.isEmpty && Set(seeds).count == seeds.count, "seeds must be there, and different")
        for moment in [from, to].compactMap({ $0 }) {
            try require(moment.rawValue % 1_000_000_000 == 0, "\(moment) is not a whole second")
        }
        if let from, let to { try require(from < to, "it begins at \(from), not before its end at \(to)") }
        for longer in higher {
            try require(
                longer > timeframe, "the timeframe \(longer.rawValue) is not longer than \(timeframe.rawValue)")
        }
        if let promote { try require(!promote.isEmpty, "the alias to promote is empty") }
        try require(shuffle == nil || promote == nil, "a model that learned shuffled answers is not promoted")
        let label = label ?? .direction(after: timeframe.nanoseconds)
        try require(
            label.horizon.isMultiple(of: timeframe.nanoseconds),
            "the label looks ahead by other than whole bars of \(timeframe.rawValue)")
        do {
            _ = try features.featureSet(primary: timeframe, higher: higher)
        } catch {
            throw TrainingError.request("\(error)")
        }
        let order = try FittingOrder(
            ModelCatalogue.standard.kind(named: model), settings: settings, isQuick: quick)
        try require(
            (1...Self.mostParallel).contains(dataParallel), "\(dataParallel) trainers are not in 1…\(Self.mostParallel)"
        )
        if dataParallel > 1 {
            guard let batch = order.batch else {
                throw TrainingError.request("\(model) is no network, and is fitted by one trainer alone")
            }
            try require(dataParallel <= batch, "\(dataParallel) trainers cannot share a batch of \(batch) samples")
        }
        if let start {
            try require(!start.isEmpty, "the version to start from is empty")
            try require(order.isTunable, "\(model) is no network, and starts from nothing")
        }
        (self.model, self.settings, self.seeds, self.source) = (model, order.settings, seeds, source)
        (self.from, self.to, self.instruments) = (from, to, Set(instruments).sorted())
        (self.timeframe, self.higher) = (timeframe, Set(higher).sorted())
        (self.features, self.label, self.split, self.quick) = (features, label, split, quick)
        (self.shuffle, self.promote) = (shuffle, promote)
        (self.dataParallel, self.start) = (dataParallel, start)
    }

    /// The kind of the job that carries this request.
    public var jobKind: String { needsLaterBuild ? Self.laterJobKind : Self.jobKind }

    /// Whether it asks for several trainers a fit, or for a start.
    public var needsLaterBuild: Bool { dataParallel > 1 || start != nil }

    /// How a model is fitted: the one that is asked for, or a baseline by its own settings.
    public func order(for model: String) throws -> FittingOrder {
        try FittingOrder(
            ModelCatalogue.standard.kind(named: model), settings: model == self.model ? settings : "{}",
            isQuick: quick)
    }

    /// How results are judged.
    public var rules: TableRules {
        TableRules(perYear: 365 * Double(Timeframe.day1.nanoseconds) / Double(timeframe.nanoseconds))
    }
}
