import Evaluation
import Features
import Foundation
import Market
import Models
import Pipeline
import Schema
import Store
import Synthetic

/// A made-up market in a file, and a model trained on what came before it: the input of the benchmarks of the services.
struct BenchmarkMarket {
    let market: MarketSettings
    let folder: String
    /// Of each instrument.
    let bars: Int
    private let model: ModelVersion
    private let steps: [[Candle]]
    private static let history = 2000

    /// Writes the files and trains the model.
    init(folder: String, bars: Int) throws {
        self.folder = folder
        self.bars = bars
        market = try MarketSettings(
            instruments: ["BTC", "ETH", "SOL"].map { Instrument("binance.\($0)-USDT") }, base: .hour1,
            higher: [.hour4, .day1])
        let start = UnixNanos(seconds: 1_672_531_200)
        let instruments = market.instruments.map {
            SyntheticInstrument($0, price: 1000, tick: 0.01, hourlyVolume: 50_000, lot: 0.00001)
        }
        var source = RegimeSwitchingMarket(
            RegimeSwitchingMarket.Settings(instruments: instruments, timeframe: .hour1, start: start), seed: 3)
        let history = (0..<Self.history).map { _ in source.next() }
        steps = (0..<bars).map { _ in source.next() }
        model = try Self.train(history, market)
        try write()
    }

    /// When the feed begins and ends.
    var window: (from: UnixNanos, to: UnixNanos) {
        (steps[0][0].openTime, steps[steps.count - 1][0].closeTime)
    }

    var settings: [String: String] {
        [
            "market.instruments": market.instruments.map(\.name).joined(separator: ","),
            "market.timeframe": market.base.rawValue,
            "market.higher": market.higher.map(\.rawValue).joined(separator: ","),
        ]
    }

    /// Puts the model into a fresh database.
    func register(in url: String) throws {
        let registry = ModelRegistry(try PostgresConnection(url))
        _ = try registry.register(model)
        try registry.promote("champion", to: model.id)
    }

    /// Runs the feed in this process and stores what the services would store.
    func backtest(storingIn url: String) throws {
        try register(in: url)
        let connection = try PostgresConnection(url)
        let model = model
        let settings = settings
        let assembly = try PipelineAssembly({ settings[$0] }) { _ in
            try ModelArtifact(
                version: model.id, model: model.model, featureSet: model.featureSet, weights: model.weights)
        }
        var run = BacktestRun(assembly)
        var builder = FeedBuilder(market.feed)
        builder.place(Control(id: "begin/champion", change: .modelActivated(alias: "champion", version: model.id)))
        var (feed, entries): ([LogBatch], [LogEntry]) = ([], [])
        func store() throws {
            try FeedLog(connection).append(feed)
            _ = try EventStore(connection).save(entries)
            feed.removeAll(keepingCapacity: true)
            entries.removeAll(keepingCapacity: true)
        }
        var recorded = try RecordedFolder(folder).feed(
            of: market.instruments, timeframe: .hour1, from: window.from, to: window.to)
        while let step = try recorded.next() {
            try run.run(builder.close(step)) { service, output in
                if service == Topology.ingestor { feed.append(output) } else { entries += output.entries }
            }
            if feed.count == 512 { try store() }
        }
        try store()
    }

    // MARK: Making

    private static func train(_ history: [[Candle]], _ market: MarketSettings) throws -> ModelVersion {
        var taken = try TrainingHistory(
            TrainingRequest(
                model: "xgboost", instruments: market.instruments, timeframe: market.base, higher: market.higher))
        var builder = FeedBuilder(market.feed)
        for step in history {
            builder.accept(step.map(CandleRow.init))
            let batch = builder.closeBatch(at: step[0].closeTime)
            try taken.take(batch.events, closing: batch.watermark)
        }
        let fitted = try taken.fitted()
        return ModelVersion(
            id: fitted.version, model: fitted.order.kind.name, featureSet: taken.featureSet.id,
            weights: fitted.weights, scaler: nil, settings: JSONText("{}"), metrics: JSONText("{}"),
            dataFrom: history[0][0].openTime, dataTo: history[history.count - 1][0].closeTime, revision: "benchmark",
            seed: 1)
    }

    private func write() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (index, instrument) in market.instruments.enumerated() {
            var text = "open_time_ms,open,high,low,close,volume\n"
            for step in steps {
                let candle = step[index]
                text += "\(candle.openTime.rawValue / 1_000_000),\(candle.open),\(candle.high),\(candle.low),"
                text += "\(candle.close),\(candle.volume)\n"
            }
            try text.write(toFile: "\(folder)/\(instrument.name)_1h.csv", atomically: true, encoding: .utf8)
        }
    }
}
