internal import Market
internal import Schema
internal import Store

/// What a model is to learn from: what the command line says, and for the rest what the stored feed holds.
enum TrainingMarket {
    /// The instruments and timeframes of the candles that are stored and came through the feed.
    struct Stored: Sendable, Equatable {
        /// Each once, in instrument order.
        let instruments: [Instrument]
        /// Each once, rising.
        let timeframes: [Timeframe]

        init(_ candles: [(instrument: Instrument, timeframe: Timeframe)]) {
            instruments = Set(candles.map(\.instrument)).sorted()
            timeframes = Set(candles.map(\.timeframe)).sorted()
        }

        init(_ connection: PostgresConnection) throws {
            self.init(try CandleInventory(connection).fed())
        }

        /// With the timeframes that can be made of the shortest: 4h and 1d, where it is below.
        var aggregated: Stored {
            guard let shortest = timeframes.first else { return self }
            let made = [Timeframe.hour4, .day1].filter { $0 > shortest && $0.minutes % shortest.minutes == 0 }
            return Stored(instruments.flatMap { instrument in ([shortest] + made).map { (instrument, $0) } })
        }
    }

    /// Joins both; the shortest timeframe stored is the one that is predicted, and the others are looked at beside it.
    ///
    /// - Throws: ``CommandFailure`` where there is nothing to learn from, or something asked for is not stored.
    static func resolve(
        instruments: String?, timeframe: String?, higher: String?, stored: Stored
    ) throws -> MarketSettings {
        guard let shortest = stored.timeframes.first else {
            throw CommandFailure(
                "there is nothing stored to learn from; `tidegate data import` and `tidegate up` bring candles")
        }
        let base = timeframe.flatMap(Timeframe.init(rawValue:)) ?? shortest
        let texts = [
            "market.instruments": instruments ?? stored.instruments.map(\.name).joined(separator: ","),
            "market.timeframe": timeframe ?? shortest.rawValue,
            "market.higher": higher ?? stored.timeframes.filter { $0 > base }.map(\.rawValue).joined(separator: ","),
        ]
        let market: MarketSettings
        do {
            market = try MarketSettings { texts[$0] }
        } catch {
            throw CommandFailure("\(error)")
        }
        if let missing = market.instruments.first(where: { !stored.instruments.contains($0) }) {
            throw CommandFailure("no candle of \(missing.name) is stored")
        }
        if let missing = ([market.base] + market.higher).first(where: { !stored.timeframes.contains($0) }) {
            throw CommandFailure("no \(missing.rawValue) candle is stored")
        }
        return market
    }
}
