internal import ArgumentParser
internal import Evaluation
internal import Features
internal import Foundation
internal import Market
internal import Models
internal import Pipeline
internal import Schema
internal import Store

/// The feed and the models with which every run of a verification is made.
struct VerificationInput: Sendable {
    let market: MarketSettings
    let folder: String
    let from: UnixNanos
    let to: UnixNanos
    let champion: ModelVersion
    let shadow: ModelVersion
    let seed: UInt64

    /// Setting keys and values for the services.
    var settings: [String: String] {
        [
            "market.instruments": market.instruments.map(\.name).joined(separator: ","),
            "market.timeframe": market.base.rawValue,
            "market.higher": market.higher.map(\.rawValue).joined(separator: ","),
        ]
    }

    /// Setting keys and values for the ingestor.
    func source(speed: String) -> [String: String] {
        [
            "source.kind": "file", "source.folder": folder, "source.from": from.description,
            "source.to": to.description,
            "source.speed": speed,
        ]
    }

    func assembly() throws -> PipelineAssembly {
        let versions = [champion, shadow]
        let settings = settings
        return try PipelineAssembly({ settings[$0] }) { id in
            guard let version = versions.first(where: { $0.id == id }) else { throw ServingError.noVersion(id) }
            return try version.artifact
        }
    }

    /// The whole feed, as the ingestor makes it from the same files: models first, then the candles.
    func feed(_ body: (Batch) throws -> Void) throws {
        var builder = FeedBuilder(market.feed)
        for (alias, version) in [("champion", champion.id), ("shadow", shadow.id)] {
            builder.place(Control(id: "begin/\(alias)", change: .modelActivated(alias: alias, version: version)))
        }
        var recorded = try RecordedFolder(folder).feed(
            of: market.instruments, timeframe: market.base, from: from, to: to)
        while let step = try recorded.next() {
            try body(builder.close(step))
        }
    }

    /// Puts the models into a fresh database.
    func register(in connection: PostgresConnection) throws {
        let registry = ModelRegistry(connection)
        for version in [champion, shadow] { _ = try registry.register(version) }
        try registry.promote("champion", to: champion.id)
        try registry.promote("shadow", to: shadow.id)
    }
}

extension VerificationInput {
    /// The same from what a command line says.
    static func make(
        instruments: String, timeframe: String, folder: String, from: String, to: String, seed: UInt64,
        historyBars: Int
    ) throws -> VerificationInput {
        guard let from = UnixNanos(iso8601: from), let to = UnixNanos(iso8601: to), from < to else {
            throw ValidationError("--from and --to are moments like 2024-02-01 or 2024-02-01T00:00, in this order")
        }
        let settings = ["market.instruments": instruments, "market.timeframe": timeframe]
        return try make(
            market: MarketSettings { settings[$0] }, folder: folder, from: from, to: to, seed: seed,
            historyBars: historyBars)
    }

    /// Trains champion and shadow on the candles before `from`.
    static func make(
        market: MarketSettings, folder: String, from: UnixNanos, to: UnixNanos, seed: UInt64, historyBars: Int
    ) throws -> VerificationInput {
        let begin = from.advanced(by: -Int64(historyBars) * market.base.nanoseconds)
        func history(_ model: String) throws -> TrainingHistory {
            try TrainingHistory(
                TrainingRequest(
                    model: model, seeds: [seed], instruments: market.instruments, timeframe: market.base,
                    higher: market.higher, quick: true))
        }
        var histories = try (champion: history("xgboost"), shadow: history("lstm"))
        var builder = FeedBuilder(market.feed)
        var recorded = try RecordedFolder(folder).feed(
            of: market.instruments, timeframe: market.base, from: begin, to: from)
        while let step = try recorded.next() {
            let batch = builder.close(step)
            try histories.champion.take(batch.events, closing: batch.watermark)
            try histories.shadow.take(batch.events, closing: batch.watermark)
        }
        func version(_ history: TrainingHistory) throws -> ModelVersion {
            let fitted = try history.fitted()
            return ModelVersion(
                id: fitted.version, model: fitted.order.kind.name, featureSet: history.featureSet.id,
                weights: fitted.weights, scaler: nil, settings: JSONText(fitted.order.settings),
                metrics: JSONText("{}"), dataFrom: begin, dataTo: from, revision: "verify", seed: seed)
        }
        return VerificationInput(
            market: market, folder: folder, from: from, to: to, champion: try version(histories.champion),
            shadow: try version(histories.shadow), seed: seed)
    }
}
