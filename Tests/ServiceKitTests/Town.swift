import Bus
import Configuration
import Foundation
import Logging
import Pipeline
import Schema

@testable import ServiceKit

/// Keys and sockets of services, in a folder of their own.
struct Town: Sendable {
    let folder: String
    var ring: KeyRing { KeyRing(folder: folder + "/keys") }

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path
        for service in Topology.services { try ring.create(service) }
        for service in Topology.services { try ring.setAllowed(Topology.consumers(of: service), by: service) }
    }

    func context(_ name: String, database: String = "none") throws -> ServiceContext {
        try context(name, keys: ring.folder, database: database)
    }

    /// `keys`: `nil` for in the clear.
    func context(
        _ name: String, keys: String?, database: String = "none", more: [AbsoluteConfigKey: ConfigValue] = [:]
    ) throws -> ServiceContext {
        var values: [AbsoluteConfigKey: ConfigValue] = [
            ["database", "url"]: ConfigValue(stringLiteral: database),
            ["bus", "folder"]: ConfigValue(stringLiteral: folder),
        ]
        values.merge(more) { $1 }
        if let keys { values[["bus", "keys"]] = ConfigValue(stringLiteral: keys) }
        let config = ConfigReader(provider: InMemoryProvider(values: values))
        return ServiceContext(
            name: name, config: config, settings: try CommonSettings(config, databaseURL: nil),
            logger: Logger(label: name) { _ in SwiftLogNoOpLogHandler() }, metrics: MetricsRegistry(), health: Health())
    }

    static let head = FeedPosition(1)
    static var batch: LogBatch {
        var sequencer = Sequencer()
        return sequencer.number([], closing: Watermark(position: head, previous: .start, time: UnixNanos(1)))
    }
}
