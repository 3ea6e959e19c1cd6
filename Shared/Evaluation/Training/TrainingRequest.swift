public import Features
internal import Foundation
public import Models
public import Schema

/// What a training job is asked to do: the payload of a job, in JSON.
///
/// The same request over the same history always gives the same weights and the same table.
public struct TrainingRequest: Sendable, Equatable {
    /// The kind of the jobs that carry a request.
    public static let jobKind = "training"

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

    /// A request; `settings` stand in place of the kind's own, as ``Models/ModelSettings/replacing(json:)`` takes them, and
    /// without a `label` it is the direction of the next close.
    ///
    /// - Throws: ``Models/TrainingError`` when it contradicts itself.
    public init(
        model: String, settings: String = "{}", seeds: [UInt64] = [1], source: Source = .feed, from: UnixNanos? = nil,
        to: UnixNanos? = nil, instruments: [Instrument], timeframe: Timeframe, higher: [Timeframe],
        features: FeatureSettings = .standard, label: Labelling? = nil, split: SplitScheme? = nil, quick: Bool = false,
        shuffle: UInt64? = nil, promote: String? = nil
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
        (self.model, self.settings, self.seeds, self.source) = (model, order.settings, seeds, source)
        (self.from, self.to, self.instruments) = (from, to, Set(instruments).sorted())
        (self.timeframe, self.higher) = (timeframe, Set(higher).sorted())
        (self.features, self.label, self.split, self.quick) = (features, label, split, quick)
        (self.shuffle, self.promote) = (shuffle, promote)
    }

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

    /// Reads a job's payload.
    ///
    /// - Throws: ``Models/TrainingError/request(_:)`` for anything that ``json()`` does not write.
    public init(json: String) throws(TrainingError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
        } catch let error as TrainingError {
            throw error
        } catch DecodingError.dataCorrupted(let context) {
            throw .request("\(Self.path(context)): \(context.debugDescription)")
        } catch DecodingError.keyNotFound(let key, _) {
            throw .request("it has no \(key.stringValue)")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw .request("\(Self.path(context)): \(context.debugDescription)")
        } catch {
            throw .request("\(error)")
        }
    }

    /// The payload, with sorted keys.
    public func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            // Texts, whole numbers and flags are always encodable.
            preconditionFailure("\(error)")
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? "JSON" : path
    }
}

extension TrainingRequest: Codable {
    private enum Key: String, CodingKey {
        case model, settings, seeds, source, from, to, instruments, timeframe, higher, features, label, split, quick
        case shuffle, promote
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        func moment(_ key: Key) throws -> UnixNanos? {
            guard let text = try values.decodeIfPresent(String.self, forKey: key) else { return nil }
            guard let moment = UnixNanos(iso8601: text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: values, debugDescription: "\"\(text)\" is not a moment like 2024-01-01T00:00")
            }
            return moment
        }
        try self.init(
            model: values.decode(String.self, forKey: .model),
            settings: values.decodeIfPresent(String.self, forKey: .settings) ?? "{}",
            seeds: values.decode([UInt64].self, forKey: .seeds),
            source: values.decodeIfPresent(Source.self, forKey: .source) ?? .feed, from: moment(.from), to: moment(.to),
            instruments: values.decode([Instrument].self, forKey: .instruments),
            timeframe: values.decode(Timeframe.self, forKey: .timeframe),
            higher: values.decode([Timeframe].self, forKey: .higher),
            features: values.decodeIfPresent(String.self, forKey: .features).map { FeatureSettings(text: $0) }
                ?? .standard,
            label: values.decodeIfPresent(Labelling.self, forKey: .label),
            split: values.decodeIfPresent(SplitScheme.self, forKey: .split),
            quick: values.decodeIfPresent(Bool.self, forKey: .quick) ?? false,
            shuffle: values.decodeIfPresent(UInt64.self, forKey: .shuffle),
            promote: values.decodeIfPresent(String.self, forKey: .promote))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(model, forKey: .model)
        try values.encode(settings, forKey: .settings)
        try values.encode(seeds, forKey: .seeds)
        try values.encode(source, forKey: .source)
        try values.encodeIfPresent(from?.description, forKey: .from)
        try values.encodeIfPresent(to?.description, forKey: .to)
        try values.encode(instruments, forKey: .instruments)
        try values.encode(timeframe, forKey: .timeframe)
        try values.encode(higher, forKey: .higher)
        try values.encode(features.text, forKey: .features)
        try values.encode(label, forKey: .label)
        try values.encodeIfPresent(split, forKey: .split)
        try values.encode(quick, forKey: .quick)
        try values.encodeIfPresent(shuffle, forKey: .shuffle)
        try values.encodeIfPresent(promote, forKey: .promote)
    }
}
