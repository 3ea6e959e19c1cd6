import Evaluation
import Features
import Foundation
import Market
import Models
import Pipeline
import Schema
import Store
import Synthetic

/// A made-up market, recorded in files, and versions of several kinds that learned from what came before it.
struct SwapMarket {
    let settings: MarketSettings
    /// Of each instrument.
    let bars: Int
    let versions: [ModelVersion]
    let featureSet: FeatureSet
    private let folder: String
    private let candles: [[Candle]]

    /// Bars to learn from.
    private static let past = 400
    /// Kinds with hyper-parameters that take next to no time: a linear model, two of trees, and one that looks back.
    private static let orders = [
        ("logistic-regression", #"{"training":{"epochs":3}}"#), ("xgboost", #"{"rounds":30}"#),
        ("xgboost", #"{"rounds":8}"#), ("lstm", #"{"window":8,"shape":{"hidden":4},"training":{"epochs":2}}"#),
    ]

    /// Writes the files into a folder, and trains the versions.
    init(folder: String, bars: Int, seed: UInt64) throws {
        self.folder = folder
        self.bars = bars
        settings = try MarketSettings(
            instruments: ["BTC", "ETH"].map { Instrument("binance.\($0)-USDT") }, base: .hour1, higher: [.hour4])
        var source = RegimeSwitchingMarket(
            RegimeSwitchingMarket.Settings(
                instruments: settings.instruments.map {
                    SyntheticInstrument($0, price: 1000, tick: 0.01, hourlyVolume: 100, lot: 0.001)
                }, timeframe: settings.base, start: UnixNanos(seconds: 1_672_531_200)), seed: seed)
        let history = try Self.history((0..<Self.past).map { _ in source.next() }, settings)
        featureSet = history.featureSet
        versions = try Self.orders.map { try Self.version(of: $0, $1, history) }
        candles = (0..<bars).map { _ in source.next() }
        try write()
    }

    /// When the last bar closes.
    var end: UnixNanos { candles[bars - 1][0].closeTime }

    /// Of all instruments together: every bar from the first on at which the features are warm.
    var answerableBars: Int { (bars - featureSet.warmUp(of: settings.base) + 1) * settings.instruments.count }

    /// What the services are told of it.
    var environment: [String: String] {
        [
            "TIDEGATE_MARKET_INSTRUMENTS": settings.instruments.map(\.name).joined(separator: ","),
            "TIDEGATE_MARKET_TIMEFRAME": settings.base.rawValue,
            "TIDEGATE_MARKET_HIGHER": settings.higher.map(\.rawValue).joined(separator: ","),
            "TIDEGATE_SOURCE_FOLDER": folder,
        ]
    }

    private static func history(_ candles: [[Candle]], _ market: MarketSettings) throws -> TrainingHistory {
        var history = try TrainingHistory(
            TrainingRequest(
                model: orders[0].0, instruments: market.instruments, timeframe: market.base, higher: market.higher))
        var builder = FeedBuilder(market.feed)
        for step in candles {
            builder.accept(step.map(CandleRow.init))
            let batch = builder.closeBatch(at: step[0].closeTime)
            try history.take(batch.events, closing: batch.watermark)
        }
        return history
    }

    private static func version(
        of model: String, _ settings: String, _ history: TrainingHistory
    ) throws -> ModelVersion {
        let order = try FittingOrder(ModelCatalogue.standard.kind(named: model), settings: settings)
        let data = history.dataset(for: order)
        let parts = data.parts(of: Array(data.samples.indices))
        let weights = try order.fit(
            FittingTask(data, training: parts.training, validation: parts.validation, seed: 1))
        return ModelVersion(
            id: order.version(of: weights), model: model, featureSet: history.featureSet.id, weights: weights,
            settings: JSONText(order.settings), metrics: "{}", dataFrom: data.moments.min() ?? UnixNanos(0),
            dataTo: data.moments.max() ?? UnixNanos(0), revision: "test", seed: 1)
    }

    private func write() throws {
        for (index, instrument) in settings.instruments.enumerated() {
            let rows = candles.map { step in
                let candle = step[index]
                return "\(candle.openTime.milliseconds),\(candle.open),\(candle.high),\(candle.low),\(candle.close),"
                    + "\(candle.volume)\n"
            }
            try ("open_time_ms,open,high,low,close,volume\n" + rows.joined()).write(
                toFile: "\(folder)/\(instrument.name)_\(settings.base.rawValue).csv", atomically: true, encoding: .utf8)
        }
    }
}
