internal import Configuration
internal import Schema
internal import ServiceKit
internal import Store
internal import SystemPackage

/// How long what is stored is kept, kind by kind, by the settings `retention.<kind>`; what has none is kept for ever.
struct RetentionPolicy: Sendable, Equatable {
    struct Rule: Sendable, Equatable {
        let subject: Retention.Subject
        let age: PruneAge
    }

    /// In the order in which the kinds are deleted.
    let rules: [Rule]

    static let keys = Retention.Subject.allCases.map { subject in
        SettingKey("retention.\(subject.rawValue)", "", "how long \(subject.rawValue) are kept, for example 90d")
    }

    /// Reads the settings by their keys.
    ///
    /// - Throws: ``SettingError`` for what is no length of time.
    init(_ text: (String) -> String?) throws {
        var rules: [Rule] = []
        for subject in Retention.Subject.allCases {
            let key = "retention.\(subject.rawValue)"
            guard let value = text(key), !value.isEmpty else { continue }
            guard let age = try? PruneAge(value) else {
                throw SettingError("\(key) is a length of time like 90d, 12h or 30m, not \"\(value)\"")
            }
            rules.append(Rule(subject: subject, age: age))
        }
        self.rules = rules
    }

    /// The policy of the environment, `TIDEGATE_RETENTION_METRICS` for `retention.metrics`, before that of a settings file.
    ///
    /// * `path`: The file; `nil` for the one that `TIDEGATE_SETTINGS` names, if any.
    static func read(settings path: String?) async throws -> RetentionPolicy {
        let variables = ConfigReader(provider: EnvironmentVariablesProvider().prefixKeys(with: "tidegate"))
        var file: ConfigReader?
        if let path = path ?? variables.string(forKey: "settings") {
            do {
                file = ConfigReader(provider: try await FileProvider<YAMLSnapshot>(filePath: FilePath(path)))
            } catch {
                throw SettingError("settings file \(path) cannot be read: \(error)")
            }
        }
        return try RetentionPolicy { key in
            // An empty variable is none, as compose passes it on, and must not hide what the file says.
            let variable = variables.string(forKey: ConfigKey(key)) ?? ""
            return variable.isEmpty ? file?.string(forKey: ConfigKey(key)) : variable
        }
    }
}
