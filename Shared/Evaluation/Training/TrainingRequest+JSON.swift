internal import Features
internal import Foundation
public import Models
internal import Schema

extension TrainingRequest {
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
        case shuffle, promote, dataParallel, start
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
            promote: values.decodeIfPresent(String.self, forKey: .promote),
            dataParallel: values.decodeIfPresent(Int.self, forKey: .dataParallel) ?? 1,
            start: values.decodeIfPresent(String.self, forKey: .start))
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
        try values.encodeIfPresent(start, forKey: .start)
        if dataParallel > 1 { try values.encode(dataParallel, forKey: .dataParallel) }
    }
}
