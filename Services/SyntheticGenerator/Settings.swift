internal import Configuration
internal import Market
internal import Schema
internal import ServiceKit
internal import Synthetic

/// The synthetic-generator's settings.
struct Settings: Sendable {
    let market: RegimeSwitchingMarket.Settings
    let seed: UInt64
    let bars: Int

    static let keys =
        MarketSettings.keys + [
            SettingKey("synthetic.seed", "1", "the same seed gives the same candles"),
            SettingKey("synthetic.bars", "20000", "candles of each instrument; then the generator has ended"),
            SettingKey("synthetic.start", "2023-01-01", "the first candle's open time"),
        ]

    init(_ config: ConfigReader) throws {
        let market = try MarketSettings { config.string(forKey: ConfigKey($0)) }
        let start = config.string(forKey: "synthetic.start", default: "2023-01-01")
        guard let moment = UnixNanos(iso8601: start), market.base.openTime(containing: moment) == moment else {
            throw SettingError("synthetic.start: \"\(start)\" is no open time of a \(market.base.rawValue) candle")
        }
        seed = UInt64(try CommonSettings.number(config, "synthetic.seed", 0...Int.max, otherwise: 1))
        bars = try CommonSettings.number(config, "synthetic.bars", 1...100_000_000, otherwise: 20_000)
        self.market = RegimeSwitchingMarket.Settings(
            instruments: market.instruments.map(Self.instrument), timeframe: market.base, start: moment)
    }

    /// An instrument that begins about where the real one of that name was in 2023.
    private static func instrument(_ instrument: Instrument) -> SyntheticInstrument {
        let price: Double =
            switch instrument.base {
            case "BTC": 30_000
            case "ETH": 2000
            case "SOL": 30
            default: 100
            }
        return SyntheticInstrument(
            instrument, price: price, tick: 0.01, hourlyVolume: 60_000_000 / price, lot: 0.00001)
    }
}
