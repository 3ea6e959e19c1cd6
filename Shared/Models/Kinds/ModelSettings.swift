internal import Foundation

/// The hyper-parameters of a kind of model.
public protocol ModelSettings: Codable, Sendable, Equatable {
    /// Rows of features that one prediction looks at, the newest included.
    var window: Int { get }
    /// Bars ahead that the fit looks at beside the label; 0 where it looks at the label alone.
    var horizon: Int { get }
    /// Samples of one step, which several ranks may share; `nil` for kinds that one alone fits.
    var batch: Int? { get }

    /// Refuses numbers outside their range.
    func check() throws
}

extension ModelSettings {
    public var horizon: Int { 0 }
    public var batch: Int? { nil }

    /// As JSON with sorted keys.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// These settings with the values of a JSON object in place of their own; objects within it are merged too.
    ///
    /// - Throws: ``TrainingError/settings(_:)`` for what is no such object, names a key that there is not, or gives a value
    ///   outside its range.
    public func replacing(json: String) throws -> Self {
        let given = try Self.object(json)
        let settings: Self
        do {
            let merged = Self.merged(try Self.object(self.json()), given)
            settings = try JSONDecoder().decode(Self.self, from: JSONSerialization.data(withJSONObject: merged))
        } catch let error as DecodingError {
            throw TrainingError.settings(Self.reason(error))
        }
        if let unknown = Self.unknownKey(given, in: try Self.object(settings.json())) {
            throw TrainingError.settings("there is no setting \(unknown)")
        }
        do {
            try settings.check()
        } catch {
            throw TrainingError.settings("\(error)")
        }
        return settings
    }

    private static func object(_ json: String) throws -> [String: Any] {
        guard let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] else {
            throw TrainingError.settings("\(json.prefix(64)) is no JSON object")
        }
        return object
    }

    private static func merged(_ base: [String: Any], _ given: [String: Any]) -> [String: Any] {
        base.merging(given) { old, new in
            guard let old = old as? [String: Any], let new = new as? [String: Any], !isOtherForm(new, old) else {
                return new
            }
            return merged(old, new)
        }
    }

    /// Whether both are forms of one thing, such as two schedules: each is an object of one key, which says which form.
    private static func isOtherForm(_ object: [String: Any], _ other: [String: Any]) -> Bool {
        object.count == 1 && other.count == 1 && object.keys.first != other.keys.first
    }

    /// The path of the first key, by name, that did not get through; a setting that is taken away is not written.
    private static func unknownKey(_ given: [String: Any], in known: [String: Any]) -> String? {
        for (key, value) in given.sorted(by: { $0.key < $1.key }) where !(value is NSNull) {
            guard let there = known[key] else { return key }
            if let value = value as? [String: Any], let there = there as? [String: Any],
                let inner = unknownKey(value, in: there)
            {
                return "\(key).\(inner)"
            }
        }
        return nil
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context),
            .keyNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return "\(path.isEmpty ? "JSON" : path): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }
}
