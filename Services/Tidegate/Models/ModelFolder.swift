internal import Foundation
internal import Models
internal import Schema
internal import Store

/// A model version as two files of a folder: what it is as JSON, and its weights in the format that others read too.
struct ModelFolder {
    /// What is said of the weights' file.
    struct Weights: Codable, Equatable {
        let file: String
        let bytes: Int
        let sha256: String
    }

    /// The content of ``manifestName``.
    struct Manifest: Codable, Equatable {
        /// Of the folder, ``ModelFolder/currentFormat``.
        let format: Int
        let id: String
        let model: String
        let featureSet: FeatureSetID
        let dataFrom: String
        let dataTo: String
        let revision: String
        let seed: UInt64
        let scaler: Data?
        let settings: JSONValue
        let metrics: JSONValue
        let weights: Weights
    }

    static let currentFormat = 1
    static let manifestName = "manifest.json"

    let url: URL

    init(path: String) { url = URL(fileURLWithPath: path, isDirectory: true) }

    /// Writes a version; the folder is made, and must hold none yet.
    ///
    /// - Throws: ``CommandFailure`` where there is one, and what the file system says.
    func write(_ version: ModelVersion) throws {
        let manifest = url.appendingPathComponent(Self.manifestName)
        guard !FileManager.default.fileExists(atPath: manifest.path) else {
            throw CommandFailure("\(url.path) holds a model already")
        }
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        let name = "model.\(try ModelCatalogue.standard.kind(named: version.model).fileExtension)"
        let weights = url.appendingPathComponent(name)
        try Data(version.weights).write(to: weights, options: .atomic)
        let content = Manifest(
            format: Self.currentFormat, id: version.id, model: version.model, featureSet: version.featureSet,
            dataFrom: version.dataFrom.description, dataTo: version.dataTo.description, revision: version.revision,
            seed: version.seed, scaler: version.scaler.map { Data($0) },
            settings: try JSONValue(parsing: version.settings.rawValue),
            metrics: try JSONValue(parsing: version.metrics.rawValue),
            weights: Weights(
                file: name, bytes: version.weights.count, sha256: try FileDigest.sha256(of: weights.path)))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // Last, so that a folder with a manifest is whole.
        try encoder.encode(content).write(to: manifest, options: .atomic)
    }

    /// Reads a version, and tries whether it can be served.
    ///
    /// - Throws: ``CommandFailure`` for a folder that is anything else than ``write(_:)`` made.
    func read() throws -> ModelVersion {
        let manifest = try manifest()
        guard manifest.format == Self.currentFormat else {
            throw CommandFailure(
                "\(url.path) is of format \(manifest.format), and only \(Self.currentFormat) can be read")
        }
        guard !manifest.weights.file.contains("/") else {
            throw CommandFailure("\(url.path): the weights are in another folder")
        }
        let file = url.appendingPathComponent(manifest.weights.file)
        guard let data = try? Data(contentsOf: file) else { throw CommandFailure("\(file.path) cannot be read") }
        guard data.count == manifest.weights.bytes, try FileDigest.sha256(of: file.path) == manifest.weights.sha256
        else {
            throw CommandFailure("\(file.path) is not the file that \(Self.manifestName) tells of")
        }
        guard let from = UnixNanos(iso8601: manifest.dataFrom), let to = UnixNanos(iso8601: manifest.dataTo) else {
            throw CommandFailure("\(url.path): \(manifest.dataFrom) to \(manifest.dataTo) is no range of time")
        }
        do {
            _ = try ModelArtifact(
                version: manifest.id, model: manifest.model, featureSet: manifest.featureSet, weights: [UInt8](data)
            ).model()
        } catch {
            throw CommandFailure("\(file.path) is no \(manifest.model): \(error)")
        }
        return ModelVersion(
            id: manifest.id, model: manifest.model, featureSet: manifest.featureSet, weights: [UInt8](data),
            scaler: manifest.scaler.map { [UInt8]($0) }, settings: try Self.text(manifest.settings),
            metrics: try Self.text(manifest.metrics), dataFrom: from, dataTo: to, revision: manifest.revision,
            seed: manifest.seed)
    }

    private func manifest() throws -> Manifest {
        let file = url.appendingPathComponent(Self.manifestName)
        guard let data = try? Data(contentsOf: file) else { throw CommandFailure("\(file.path) cannot be read") }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(Manifest.self, from: data)
        } catch {
            throw CommandFailure("\(file.path) is no model's: \(error)")
        }
    }

    private static func text(_ value: JSONValue) throws -> JSONText {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return JSONText(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
