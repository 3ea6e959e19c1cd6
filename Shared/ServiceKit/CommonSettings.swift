public import Configuration
internal import Foundation
public import Logging
public import Pipeline
public import Schema

/// The settings that every service has.
///
/// | key | default | meaning |
/// | --- | --- | --- |
/// | `settings` | | a YAML file with any of the keys; flags and environment go before it |
/// | `database.url` | | where Postgres is, as libpq reads it |
/// | `bus.folder` | | folder of the `ipc://` sockets, one for each publishing service |
/// | `bus.endpoint.<service>` | | where that service publishes, instead of its socket in `bus.folder` |
/// | `bus.listen` | | where this service itself listens, where that is not what others connect to: `tcp://*:7000` |
/// | `bus.keys` | | folder of the CURVE keys, as `tidegate keys init` makes it; without it the bus is in the clear |
/// | `http.host`, `http.port` | `127.0.0.1`, `0` | metrics and health; port 0 lets the system choose |
/// | `log.level`, `log.format` | `info`, `json` | `format` is `json` or `text` |
/// | `pipeline.snapshot-every` | `256` | batches between two snapshots, the same for all services |
/// | `pipeline.ring` | `1024` | batches kept for consumers that missed some |
/// | `pipeline.shards.<service>` | `1` | shards that a `feature-builder` or `inference-server` is divided into, for all services |
/// | `pipeline.shard` | | which of them this process is, or `claim`: the first that nobody holds, else stand by |
/// | `pipeline.keeps-pace` | `true` | wait for slow consumers (replay); `false` runs on (live) |
/// | `build.revision` | `unknown` | the code's revision, told with metrics and noted with each model |
public struct CommonSettings: Sendable {
    public let databaseURL: String
    public let busFolder: String
    /// `nil`: at the place that others are told.
    public let busListen: String?
    /// `nil`: in the clear, for sockets that are private to the user.
    public let busKeys: String?
    public let host: String
    public let port: Int
    public let logLevel: Logger.Level
    public let logsAsJSON: Bool
    public let snapshotEvery: Int
    public let ringCapacity: Int
    public let keepsPace: Bool
    /// Into how many shards the services are divided.
    public let fleet: Fleet
    public let shard: ShardChoice
    /// How often a supervisor has started the service again.
    public let restarts: Int
    /// The code's revision, as whoever built it says.
    public let revision: String
    private let config: ConfigReader

    public static let keys = [
        SettingKey("settings", "", "a YAML file with any of these keys; flags and environment go before it"),
        SettingKey("database.url", "", "where Postgres is, as libpq reads it (or DATABASE_URL)"),
        SettingKey("bus.folder", "", "folder of the ipc:// sockets, one for each publishing service"),
        SettingKey("bus.listen", "", "where this service listens, if not at its bus.endpoint: tcp://*:7000"),
        SettingKey("bus.keys", "", "folder of CURVE keys (`tidegate keys init`); without it the bus is in the clear"),
        SettingKey("http.host", "127.0.0.1", "where metrics and health are served"),
        SettingKey("http.port", "0", "its port; 0 lets the system choose"),
        SettingKey("log.level", "info", "trace, debug, info, notice, warning, error or critical"),
        SettingKey("log.format", "json", "json (one object a line) or text"),
        SettingKey("pipeline.snapshot-every", "256", "batches between two snapshots; the same for all services"),
        SettingKey("pipeline.ring", "1024", "batches kept for consumers that missed some"),
        SettingKey("pipeline.shards.feature-builder", "1", "shards, by instrument; the same for all services"),
        SettingKey("pipeline.shards.inference-server", "1", "shards, by instrument; the same for all services"),
        SettingKey("pipeline.shard", "", "which shard this process is, or claim: one that nobody holds"),
        SettingKey("pipeline.keeps-pace", "true", "wait for slow consumers (replay); false runs on (live)"),
        SettingKey("build.revision", "unknown", "the code's revision, told with metrics and noted with each model"),
        SettingKey("supervisor.restarts", "0", "set by a supervisor: how often it has started this service again"),
    ]

    /// Which of its service's shards a process is.
    public enum ShardChoice: Sendable, Equatable {
        /// The only one; where there are several, the first that nobody holds.
        case whole
        /// The first that nobody holds, which keeps a second process of an undivided service from doing its work too.
        case claim
        /// Counted from 1.
        case number(Int)
    }

    /// - Throws: ``SettingError`` for a missing or meaningless value.
    public init(_ config: ConfigReader, databaseURL fallback: String?) throws {
        self.config = config
        revision = config.string(forKey: "build.revision", default: "unknown")
        guard let url = config.string(forKey: "database.url", isSecret: true) ?? fallback, !url.isEmpty else {
            throw SettingError(
                "missing setting database.url: give --database-url, TIDEGATE_DATABASE_URL or DATABASE_URL")
        }
        databaseURL = url
        guard let folder = config.string(forKey: "bus.folder") else {
            throw SettingError("missing setting bus.folder: give --bus-folder or TIDEGATE_BUS_FOLDER")
        }
        busFolder = folder
        busListen = config.string(forKey: "bus.listen")
        busKeys = config.string(forKey: "bus.keys")
        host = config.string(forKey: "http.host", default: "127.0.0.1")
        port = try Self.number(config, "http.port", 0...65_535, otherwise: 0)
        let level = config.string(forKey: "log.level", default: "info")
        guard let parsed = Logger.Level(rawValue: level) else {
            throw SettingError("log.level must be one of trace…critical, not \"\(level)\"")
        }
        logLevel = parsed
        let format = config.string(forKey: "log.format", default: "json")
        guard ["json", "text"].contains(format) else {
            throw SettingError("log.format must be json or text, not \"\(format)\"")
        }
        logsAsJSON = format == "json"
        snapshotEvery = try Self.number(config, "pipeline.snapshot-every", 1...1_000_000, otherwise: 256)
        ringCapacity = try Self.number(config, "pipeline.ring", 2...1_000_000, otherwise: 1024)
        guard ringCapacity > snapshotEvery else {
            throw SettingError(
                "pipeline.ring (\(ringCapacity)) must be above pipeline.snapshot-every (\(snapshotEvery))")
        }
        keepsPace = try Self.flag(config, "pipeline.keeps-pace", otherwise: true)
        var counts: [String: Int] = [:]
        for service in Topology.shardable {
            counts[service] = try Self.number(config, "pipeline.shards.\(service)", 1...Shard.mostShards, otherwise: 1)
        }
        fleet = Fleet(counts)
        switch config.string(forKey: "pipeline.shard") {
        case nil: shard = .whole
        case "claim": shard = .claim
        default: shard = .number(try Self.number(config, "pipeline.shard", 1...Shard.mostShards, otherwise: 1))
        }
        restarts = try Self.number(config, "supervisor.restarts", 0...Int(Int32.max), otherwise: 0)
    }

    /// Where `service` publishes, all its shards together.
    public func endpoints(of service: String) -> String {
        config.string(forKey: ConfigKey("bus.endpoint.\(service)"))
            ?? fleet.nodes(of: service).map { "ipc://\(busFolder)/\($0)" }.joined(separator: ",")
    }

    /// Where one shard of `service` publishes: its own entry of a list that has one for each, else the place given for all.
    public func endpoint(of service: String, _ shard: Shard) -> String {
        let all = endpoints(of: service)
        let entries = all.split(separator: ",")
        return entries.count == shard.count ? String(entries[shard.index]) : all
    }

    /// A whole number within `range`.
    public static func number(
        _ config: ConfigReader, _ key: String, _ range: ClosedRange<Int>, otherwise standard: Int
    ) throws(SettingError) -> Int {
        guard let text = config.string(forKey: ConfigKey(key)) else { return standard }
        guard let value = Int(text), range.contains(value) else {
            throw SettingError(
                "\(key) must be a whole number in \(range.lowerBound)…\(range.upperBound), not \"\(text)\"")
        }
        return value
    }

    /// `true` or `false`.
    public static func flag(_ config: ConfigReader, _ key: String, otherwise standard: Bool) throws(SettingError)
        -> Bool
    {
        guard let text = config.string(forKey: ConfigKey(key)) else { return standard }
        guard let value = Bool(text) else { throw SettingError("\(key) must be true or false, not \"\(text)\"") }
        return value
    }
}
