import Features
import Foundation
import Market
import Models
import Schema
import Store
import TestKit
import Testing

@testable import Tidegate

@Suite("Model folders")
struct ModelFolderTests {
    /// A version that answers, with figures of every form.
    private func version(_ model: String, id: String = "v", seed: UInt64 = .max) throws -> ModelVersion {
        ModelVersion(
            id: id, model: model, featureSet: FeatureSetID(7), weights: try Self.weights(model),
            settings: JSONText("{\"plan\":{\"rounds\":3},\"quick\":true}"),
            metrics: JSONText("{\"accuracy\":0.5123456789012345,\"log_loss\":0.25}"),
            dataFrom: UnixNanos(seconds: 1_700_000_000), dataTo: UnixNanos(seconds: 1_710_000_000), revision: "r",
            seed: seed)
    }

    /// Of a model that has learned that prices rise.
    private static func weights(_ model: String) throws -> [UInt8] {
        let hour = Timeframe.hour1.nanoseconds
        let instrument = Instrument("binance.BTC-USDT")
        let set = FeatureSet.standard(primary: .hour1, higher: [])
        var candles = CandleColumns(instrument: instrument, timeframe: .hour1)
        var vectors: [FeatureVector] = []
        for number in 0..<200 {
            let (open, price) = (UnixNanos(seconds: 0).advanced(by: Int64(number) * hour), 100 + Double(number))
            candles.append(
                valuesOf: try Candle(
                    instrument: instrument, timeframe: .hour1, openTime: open, open: price, high: price, low: price,
                    close: price, volume: 1, source: .file))
            vectors.append(
                FeatureVector(
                    instrument: instrument, timeframe: .hour1, openTime: open, asOf: open.advanced(by: hour),
                    featureSet: set.id, referencePrice: price, volatility: 0.5,
                    values: Array(repeating: 0, count: set.count)))
        }
        let order = try FittingOrder(ModelCatalogue.standard.kind(named: model), isQuick: true)
        let data = Dataset(
            candles: [candles], vectors: vectors, featureSet: set, labelling: .direction(after: hour),
            window: order.window, horizon: order.horizon)
        let parts = data.parts(of: Array(data.samples.indices))
        return try order.fit(FittingTask(data, training: parts.training, validation: parts.validation, seed: 1))
    }

    private func withFolder(_ body: (ModelFolder) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: url) }
        try body(ModelFolder(path: url.path))
    }

    @Test(
        "What was written is read as the same version, and a folder is written once",
        arguments: ["xgboost", "lstm"])
    func roundTrip(model: String) throws {
        let version = try version(model)
        try withFolder { folder in
            try folder.write(version)
            let read = try folder.read()
            #expect(read.weights == version.weights && read.id == version.id && read.model == version.model)
            #expect(read.featureSet == version.featureSet && read.seed == version.seed && read.revision == "r")
            #expect(read.dataFrom == version.dataFrom && read.dataTo == version.dataTo)
            #expect(read.settings == version.settings && read.metrics == version.metrics)
            let name = model == "xgboost" ? "model.json" : "model.safetensors"
            #expect(FileManager.default.fileExists(atPath: folder.url.appendingPathComponent(name).path))
            #expect(throws: CommandFailure("\(folder.url.path) holds a model already")) { try folder.write(version) }
        }
    }

    @Test("Weights that are others than the manifest tells of, or of no model, are refused")
    func damage() throws {
        try withFolder { folder in
            try folder.write(version("lstm"))
            let file = folder.url.appendingPathComponent("model.safetensors")
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 1] ^= 1
            try bytes.write(to: file)
            #expect(throws: CommandFailure("\(file.path) is not the file that manifest.json tells of")) {
                try folder.read()
            }
            try FileManager.default.removeItem(at: file)
            #expect(throws: CommandFailure("\(file.path) cannot be read")) { try folder.read() }
        }
        let nonsense = ModelVersion(
            id: "n", model: "lstm", featureSet: FeatureSetID(1), weights: [1, 2, 3], settings: JSONText("{}"),
            metrics: JSONText("{}"), dataFrom: UnixNanos(0), dataTo: UnixNanos(1_000_000_000), revision: "", seed: 1)
        try withFolder { folder in
            try folder.write(nonsense)
            #expect(throws: CommandFailure.self) { try folder.read() }
        }
        try withFolder { folder in
            try folder.write(version("xgboost"))
            let manifest = folder.url.appendingPathComponent(ModelFolder.manifestName)
            let text = try String(contentsOf: manifest, encoding: .utf8)
            for (old, new) in [
                ("\"format\" : 1", "\"format\" : 2"), ("model.json", "../model.json"), ("xgboost", "oracle"),
            ] {
                try #require(text.contains(old))
                try text.replacing(old, with: new).write(to: manifest, atomically: true, encoding: .utf8)
                #expect(throws: CommandFailure.self, "\(new)") { try folder.read() }
            }
        }
    }

    @Test("A version that was taken into another database is the same row there, taken twice too")
    func exchange() async throws {
        try await PostgresFixture.withDatabase { first in
            try await PostgresFixture.withDatabase { second in
                let (from, to) = (
                    ModelRegistry(try PostgresConnection(first)), ModelRegistry(try PostgresConnection(second))
                )
                try from.register(version("xgboost"))
                try withFolder { folder in
                    try folder.write(#require(try from.version("v")))
                    #expect(try to.register(folder.read()))
                    #expect(try !to.register(folder.read()))
                    #expect(try to.version("v") == from.version("v"))
                }
            }
        }
    }

    @Test("Two versions differ in what was written down, and numbers in how much")
    func differences() async throws {
        try await PostgresFixture.withDatabase { url in
            let registry = ModelRegistry(try PostgresConnection(url))
            try registry.register(version("xgboost", id: "a", seed: 1))
            try registry.register(version("lstm", id: "b", seed: 3))
            func entry(_ id: String) throws -> Models.Entry {
                try Models.Entry(#require(try registry.summary(id)), aliases: [:])
            }
            let differences = ModelDifferences(try entry("a"), try entry("b"))
            #expect(differences.differences.map(\.path) == ["model", "seed", "weight bytes"])
            #expect(differences.differences[1].change == 2 && differences.differences[0].change == nil)
            #expect(differences.text.contains("xgboost") && differences.text.contains("+2"))
            let none = ModelDifferences(try entry("a"), try entry("a"))
            #expect(none.differences.isEmpty && none.text == "a and a differ in nothing that was written down")
        }
    }
}
