internal import Foundation
internal import Schema
internal import Store

/// What a backup holds, so that a restore can be compared with it row by row.
struct BackupManifest: Codable, Sendable, Equatable {
    struct Table: Codable, Sendable, Equatable {
        let table: String
        let rows: Int64
        /// As ``Store/TableDigest``.
        let digest: String
    }

    struct Feed: Codable, Sendable, Equatable {
        /// The last watermark's.
        let position: UInt64
        let reached: String
    }

    struct Dump: Codable, Sendable, Equatable {
        let file: String
        let bytes: Int64
        let sha256: String
    }

    /// Of this file.
    let format: Int
    let createdAt: String
    /// The build that made it.
    let tidegate: String
    /// The number of the last migration.
    let schemaVersion: Int
    /// As 150018 for 15.18.
    let serverVersion: Int
    /// `nil` while there is none.
    let feed: Feed?
    let tables: [Table]
    let dump: Dump

    static let currentFormat = 1
    static let fileName = "manifest.json"
    static let dumpName = "database.dump"

    var rows: Int64 { tables.map(\.rows).reduce(0, +) }

    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        try encoder.encode(self).write(to: URL(fileURLWithPath: "\(folder)/\(Self.fileName)"))
    }

    /// - Throws: ``CommandFailure`` where there is none that this build reads.
    init(readingFrom folder: String) throws {
        let path = "\(folder)/\(Self.fileName)"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(folder) is no backup: there is no \(path)")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(BackupManifest.self, from: data)
        } catch {
            throw CommandFailure("\(path) is damaged, or of another build")
        }
        guard format == Self.currentFormat else {
            throw CommandFailure("\(path) has format \(format), and this build reads \(Self.currentFormat)")
        }
    }

    init(
        createdAt: UnixNanos, tidegate: String, moment: DatabaseMoment, digests: [TableDigest], dump: Dump
    ) {
        format = Self.currentFormat
        self.createdAt = createdAt.description
        self.tidegate = tidegate
        schemaVersion = moment.schemaVersion
        serverVersion = moment.serverVersion
        feed = moment.feedEnd.map { Feed(position: $0.position.rawValue, reached: $0.time.description) }
        tables = digests.map { Table(table: $0.table, rows: $0.rows, digest: $0.digest) }
        self.dump = dump
    }

    /// The tables of a database that are not as they were when the backup was made.
    func differences(from digests: [TableDigest]) -> [String] {
        let found = Dictionary(uniqueKeysWithValues: digests.map { ($0.table, $0) })
        return tables.filter { found[$0.table]?.digest != $0.digest || found[$0.table]?.rows != $0.rows }.map(\.table)
    }
}
