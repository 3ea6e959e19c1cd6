public import Features
internal import Foundation
public import Schema

/// What a training job is asked to do: the payload of a job, in JSON.
///
/// The same request over the same feed always gives the same weights.
public struct TrainingRequest: Sendable, Equatable {
    /// The kind of the jobs that carry a request.
    public static let jobKind = "train"

    public let model: DirectionModelKind
    public let seed: UInt64
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
    /// Whether a rough model will do, a few times as fast.
    public let quick: Bool
    /// The alias that shall mean the trained version, for example `champion`.
    public let promote: String?

    /// - Throws: ``DirectionTrainingError/request(_:)`` when it contradicts itself.
    public init(
        model: DirectionModelKind, seed: UInt64, from: UnixNanos? = nil, to: UnixNanos? = nil,
        instruments: [Instrument], timeframe: Timeframe, higher: [Timeframe],
        features: FeatureSettings = .standard, quick: Bool = false, promote: String? = nil
    ) throws(DirectionTrainingError) {
        guard !instruments.isEmpty else { throw .request("it names no instrument") }
        for moment in [from, to].compactMap({ $0 }) where moment.rawValue % 1_000_000_000 != 0 {
            throw .request("\(moment) is not a whole second")
        }
        if let from, let to, from >= to { throw .request("it begins at \(from), not before its end at \(to)") }
        if let short = higher.first(where: { $0 <= timeframe }) {
            throw .request("the timeframe \(short.rawValue) is not longer than \(timeframe.rawValue)")
        }
        if let promote, promote.isEmpty { throw .request("the alias to promote is empty") }
        do {
            _ = try features.featureSet(primary: timeframe, higher: higher)
        } catch {
            throw .request("\(error)")
        }
        self.model = model
        self.seed = seed
        self.from = from
        self.to = to
        self.instruments = Set(instruments).sorted()
        self.timeframe = timeframe
        self.higher = Set(higher).sorted()
        self.features = features
        self.quick = quick
        self.promote = promote
    }

    /// How the model is trained.
    public var plan: DirectionTrainingPlan {
        var plan = DirectionTrainingPlan(kind: model, seed: seed)
        if quick { (plan.epochs, plan.rounds, plan.hidden) = (1, 40, 8) }
        return plan
    }

    /// Reads a job's payload.
    ///
    /// - Throws: ``DirectionTrainingError/request(_:)`` for anything that ``json()`` does not write.
    public init(json: String) throws(DirectionTrainingError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
        } catch let error as DirectionTrainingError {
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
        case model, seed, from, to, instruments, timeframe, higher, features, quick, promote
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
            model: values.decode(DirectionModelKind.self, forKey: .model),
            seed: values.decode(UInt64.self, forKey: .seed), from: moment(.from), to: moment(.to),
            instruments: values.decode([Instrument].self, forKey: .instruments),
            timeframe: values.decode(Timeframe.self, forKey: .timeframe),
            higher: values.decode([Timeframe].self, forKey: .higher),
            features: values.decodeIfPresent(String.self, forKey: .features).map { FeatureSettings(text: $0) }
                ?? .standard,
            quick: values.decodeIfPresent(Bool.self, forKey: .quick) ?? false,
            promote: values.decodeIfPresent(String.self, forKey: .promote))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(model, forKey: .model)
        try values.encode(seed, forKey: .seed)
        try values.encodeIfPresent(from?.description, forKey: .from)
        try values.encodeIfPresent(to?.description, forKey: .to)
        try values.encode(instruments, forKey: .instruments)
        try values.encode(timeframe, forKey: .timeframe)
        try values.encode(higher, forKey: .higher)
        try values.encode(features.text, forKey: .features)
        try values.encode(quick, forKey: .quick)
        try values.encodeIfPresent(promote, forKey: .promote)
    }
}
