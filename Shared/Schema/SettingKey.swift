/// One setting of a service: what `--help` prints, and what is read from flags, environment and file.
public struct SettingKey: Sendable {
    /// Dotted, for example `bus.folder`: the flag is `--bus-folder`, the variable `TIDEGATE_BUS_FOLDER`, and in a settings
    /// file `folder` stands under `bus`.
    public let name: String
    /// As printed; empty when there is none.
    public let standard: String
    public let meaning: String

    public init(_ name: String, _ standard: String = "", _ meaning: String) {
        self.name = name
        self.standard = standard
        self.meaning = meaning
    }

    /// The flag, for example `--bus-folder`.
    public var flag: String { "--" + String(name.map { $0 == "." ? "-" : $0 }) }
    /// The environment variable, for example `TIDEGATE_BUS_FOLDER`.
    public var variable: String {
        "TIDEGATE_" + String(name.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    }
}

/// A mistake in how something was set up; printed in one line, without a trace.
public struct SettingError: Error, CustomStringConvertible, Equatable, Sendable {
    public let description: String
    public init(_ description: String) { self.description = description }
}
