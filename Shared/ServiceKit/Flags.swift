internal import Schema

/// The flags of a command line, as the environment variables that mean the same.
///
/// swift-configuration's own reader of arguments splits values at commas, and then has no text for a key whose value is a
/// list.
enum Flags {
    /// Reads `--bus-folder x` and `--bus-folder=x` as `BUS_FOLDER`.
    ///
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - keys: the settings that there are, beside `--bus-endpoint-<service>`.
    /// - Returns: Values by the names of variables.
    /// - Throws: a ``Schema/SettingError`` for a flag that is unknown, given twice or without a value, and for a value without
    ///   a flag.
    static func variables(_ arguments: some Sequence<String>, _ keys: [SettingKey]) throws(SettingError) -> [String:
        String]
    {
        var variables: [String: String] = [:]
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            guard isFlag(argument) else {
                throw SettingError("\"\(argument)\" follows no flag; --help lists what there is")
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard keys.contains(where: { $0.flag == parts[0] }) || parts[0].hasPrefix("--bus-endpoint-") else {
                throw SettingError("unknown flag \(parts[0]); --help lists what there is")
            }
            let next = parts.count == 2 ? parts[1] : rest.first.flatMap { isFlag($0) ? nil : $0 }
            guard let value = next else { throw SettingError("flag \(parts[0]) has no value") }
            if parts.count == 1 { rest.removeFirst() }
            let name = String(parts[0].dropFirst(2).uppercased().map { $0 == "-" ? "_" : $0 })
            guard variables.updateValue(value, forKey: name) == nil else {
                throw SettingError("flag \(parts[0]) is given twice")
            }
        }
        return variables
    }

    /// Negative numbers are values.
    private static func isFlag(_ argument: String) -> Bool { argument.hasPrefix("-") && Double(argument) == nil }
}
