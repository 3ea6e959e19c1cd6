import Evaluation
import Features
import Market
import Models
import Pipeline
import Schema
import Synthetic

/// A made-up market of hours, as the ingestor would make its feed of it.
struct MadeMarket {
    static let bitcoin = Instrument("binance.BTC-USDT")
    static let ether = Instrument("binance.ETH-USDT")

    let batches: [Batch]

    init(seed: UInt64, bars: Int, barsPerBatch: Int = 1) {
        let start = UnixNanos(seconds: 1_672_531_200)
        let names = [Self.bitcoin, Self.ether]
        var market = RegimeSwitchingMarket(
            RegimeSwitchingMarket.Settings(
                instruments: names.map {
                    SyntheticInstrument($0, price: 1000, tick: 0.01, hourlyVolume: 100, lot: 0.001)
                },
                timeframe: .hour1, start: start), seed: seed)
        var builder = FeedBuilder(FeedBuilder.Settings(instruments: names, base: .hour1, higher: [.hour4]))
        var batches: [Batch] = []
        for bar in 1...bars {
            builder.accept(market.next().map { CandleRow($0) })
            guard bar.isMultiple(of: barsPerBatch) || bar == bars else { continue }
            batches.append(builder.closeBatch(at: market.nextOpenTime))
        }
        self.batches = batches
    }

    func history(_ request: TrainingRequest) throws -> TrainingHistory {
        var history = try TrainingHistory(request)
        for batch in batches { try history.take(batch.events, closing: batch.watermark) }
        return history
    }

    func request(
        _ model: String = "xgboost", from: UnixNanos? = nil, to: UnixNanos? = nil,
        instruments: [Instrument] = [ether, bitcoin], label: Labelling? = nil, quick: Bool = true
    ) throws -> TrainingRequest {
        try TrainingRequest(
            model: model, seeds: [1, 2], from: from, to: to, instruments: instruments, timeframe: .hour1,
            higher: [.hour4], label: label, quick: quick)
    }
}
