public import Schema

/// What is watched: instruments and timeframes.
///
/// | key | default | meaning |
/// | --- | --- | --- |
/// | `market.instruments` | `binance.BTC-USDT,binance.ETH-USDT,binance.SOL-USDT` | comma separated |
/// | `market.timeframe` | `1h` | the timeframe that the source gives |
/// | `market.higher` | `4h,1d` | aggregated from it |
///
/// and those of ``QualitySettings``.
public struct MarketSettings: Sendable, Equatable {
    /// In instrument order.
    public let instruments: [Instrument]
    public let base: Timeframe
    /// Longer than ``base``, rising.
    public let higher: [Timeframe]
    /// How candles are judged and repaired.
    public let quality: QualitySettings

    public static let keys =
        [
            SettingKey(
                "market.instruments", "binance.BTC-USDT,binance.ETH-USDT,binance.SOL-USDT",
                "what is watched, comma separated"),
            SettingKey("market.timeframe", "1h", "the timeframe that the source gives"),
            SettingKey("market.higher", "4h,1d", "timeframes aggregated from it, comma separated"),
        ] + QualitySettings.keys

    public init(
        instruments: [Instrument], base: Timeframe, higher: [Timeframe], quality: QualitySettings = .standard
    ) throws(SettingError) {
        guard !instruments.isEmpty else { throw SettingError("market.instruments is empty") }
        guard Set(instruments).count == instruments.count else {
            throw SettingError("market.instruments names one twice")
        }
        if let short = higher.first(where: { $0 <= base }) {
            throw SettingError("market.higher: \(short.rawValue) is not longer than \(base.rawValue)")
        }
        self.instruments = instruments.sorted()
        self.base = base
        self.higher = Array(Set(higher)).sorted()
        self.quality = quality
    }

    /// `lookup`: Gives the text of a key, or `nil` where it is not set.
    public init(_ lookup: (String) -> String?) throws(SettingError) {
        func text(_ index: Int) -> String { lookup(Self.keys[index].name) ?? Self.keys[index].standard }
        func timeframe(_ name: some StringProtocol, _ key: String) throws(SettingError) -> Timeframe {
            guard let timeframe = Timeframe(rawValue: String(name)) else {
                let all = Timeframe.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingError("\(key): \"\(name)\" is none of \(all)")
            }
            return timeframe
        }
        var instruments: [Instrument] = []
        for name in text(0).split(separator: ",") {
            do {
                instruments.append(try Instrument(parsing: String(name.filter { $0 != " " })))
            } catch {
                throw SettingError("market.instruments: \(error)")
            }
        }
        var higher: [Timeframe] = []
        for name in text(2).split(separator: ",") { higher.append(try timeframe(name, "market.higher")) }
        try self.init(
            instruments: instruments, base: timeframe(text(1), "market.timeframe"), higher: higher,
            quality: QualitySettings(lookup))
    }

    public var feed: FeedBuilder.Settings {
        FeedBuilder.Settings(instruments: instruments, base: base, higher: higher, quality: quality)
    }
}
