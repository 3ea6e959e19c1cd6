import Configuration
import Foundation
import Pipeline
import SystemPackage
import TestKit
import TestTraits
import Testing

/// What a service says of a setting in its `--help`.
private struct HelpLine {
    let flag: String
    let standard: String

    /// `nil` for a line that is no flag's, as `--bus-folder   folder of … (default x)`.
    init?(_ line: Substring) {
        guard let match = line.wholeMatch(of: /\ \ (--[a-z-]+) .*?(?: \(default ([^()]*)\))?/) else { return nil }
        flag = String(match.1)
        standard = match.2.map(String.init) ?? ""
    }
}

/// The file that a user copies: two or three levels of keys, of which those without a default are commented out.
private struct SettingsFile {
    let path: String
    /// By flag, as `--bus-folder`; `nil` for a key that is commented out.
    private(set) var keys: [String: String?] = [:]

    init() throws {
        let source = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        path =
            source.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("ops/settings/tidegate.yaml").path
        var (section, part) = ("", "")
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            if let match = line.wholeMatch(of: /([a-z]+):/) {
                (section, part) = (String(match.1), "")
            } else if let match = line.wholeMatch(of: /\ \ ([a-z-]+):/) {
                part = "\(match.1)-"
            } else if let match = line.wholeMatch(of: /\ \ \ \ ([a-z-]+): (.*)/), !part.isEmpty {
                keys["--\(section)-\(part)\(match.1)"] = String(match.2)
            } else if let match = line.wholeMatch(of: /\ \ (# )?([a-z-]+): (.*)/), !section.isEmpty {
                keys["--\(section)-\(match.2)"] = .some(match.1 == nil ? String(match.3) : nil)
            }
        }
    }
}

@Suite("Settings file", .timeLimit(.minutes(20)), .processes)
struct SettingsFileTests {
    /// What the services' own help lists; one flag means the same everywhere.
    private static func help() throws -> [String: String] {
        var flags: [String: String] = [:]
        let folder = FileManager.default.temporaryDirectory.path
        for service in Topology.services {
            let process = try ServiceProcess(service, ["--help"], in: folder)
            #expect(process.wait() == 0)
            for line in process.log.split(separator: "\n").compactMap(HelpLine.init) {
                #expect(flags[line.flag, default: line.standard] == line.standard, "\(service) \(line.flag)")
                flags[line.flag] = line.standard
            }
            process.deleteLog()
        }
        return flags
    }

    @Test("Every key of the file is known to a service, with the default that the file states; none is missing")
    func keys() throws {
        let (file, help) = (try SettingsFile(), try Self.help())
        // Where the file itself is, and what a supervisor sets, stand in no file.
        let elsewhere: Set = ["--settings", "--supervisor-restarts"]
        // What `tidegate data retain` reads, its own tests compare.
        let keys = file.keys.filter { !$0.key.hasPrefix("--retention-") }
        #expect(Set(keys.keys) == Set(help.keys).subtracting(elsewhere))
        for (flag, value) in keys { #expect(help[flag] == value ?? "", "\(flag)") }
    }

    @Test("The file is YAML that services read: its values arrive under their keys")
    func isRead() async throws {
        let file = try SettingsFile()
        let provider = try await FileProvider<YAMLSnapshot>(filePath: FilePath(file.path))
        let reader = ConfigReader(provider: provider)
        #expect(reader.string(forKey: "pipeline.snapshot-every") == "256")
        #expect(reader.string(forKey: "market.higher") == "4h,1d")
        #expect(reader.string(forKey: "synthetic.start") == "2023-01-01")
        #expect(reader.string(forKey: "database.url") == nil)
    }

    @Test("A service obeys the copy that it is given, and a flag before it")
    func obeyed() throws {
        let folder = FileManager.default.temporaryDirectory.path
        let copy = folder + "/tidegate-\(UUID().uuidString.prefix(8)).yaml"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try String(contentsOfFile: try SettingsFile().path, encoding: .utf8)
            .replacing("snapshot-every: 256", with: "snapshot-every: 5000")
            .replacing("  # folder: /run/tidegate", with: "  folder: \(folder)")
            .write(toFile: copy, atomically: true, encoding: .utf8)
        for (arguments, complaint) in [
            ([], "pipeline.ring (1024) must be above pipeline.snapshot-every (5000)"),
            (["--pipeline-ring", "9000", "--log-level", "loud"], "log.level must be"),
        ] {
            let service = try ServiceProcess(
                "risk-gate", ["--settings", copy, "--database-url", "x"] + arguments, in: folder)
            #expect(service.wait() == 64)
            #expect(service.log.contains(complaint), "\(service.log)")
            service.deleteLog()
        }
    }
}
