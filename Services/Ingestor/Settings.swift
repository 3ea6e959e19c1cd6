internal import Configuration
internal import Market
internal import Schema
internal import ServiceKit

/// The ingestor's settings.
struct Settings: Sendable {
    enum Source: String { case file, exchange, synthetic }

    let market: MarketSettings
    let source: Source
    let folder: String?
    let from: UnixNanos?
    let to: UnixNanos?
    /// Batches a second at most; 0 is as fast as possible.
    let speed: Double
    /// The moment at which the feed waits for its first champion, everything before being fed as fast as possible.
    let hold: UnixNanos?
    let venueURL: String
    let history: Int

    static let keys =
        MarketSettings.keys + [
            SettingKey("source.kind", "file", "file, exchange (REST) or synthetic (the synthetic-generator)"),
            SettingKey("source.folder", "", "folder of recorded candles, for source.kind file"),
            SettingKey("source.from", "", "first moment, as 2024-01-01 or 2024-01-01T00:00"),
            SettingKey("source.to", "", "last moment"),
            SettingKey("source.speed", "max", "max, or how many times faster than it happened"),
            SettingKey(
                "source.hold", "", "moment at which the feed waits for a first champion; up to it, speed is max"),
            SettingKey("source.url", "https://api.binance.com", "the venue's REST address, for source.kind exchange"),
            SettingKey("source.history", "2000", "bars of history fetched first, for source.kind exchange"),
        ]

    init(_ config: ConfigReader) throws {
        func text(_ key: String) -> String? { config.string(forKey: ConfigKey(key)) }
        market = try MarketSettings(text)
        let kind = text("source.kind") ?? "file"
        guard let source = Source(rawValue: kind) else {
            throw SettingError("source.kind must be file, exchange or synthetic, not \"\(kind)\"")
        }
        self.source = source
        folder = text("source.folder")
        if source == .file, folder == nil {
            throw SettingError("missing setting source.folder: give --source-folder with recorded candles")
        }
        func moment(_ key: String) throws(SettingError) -> UnixNanos? {
            guard let value = text(key) else { return nil }
            guard let moment = UnixNanos(iso8601: value) else {
                throw SettingError("\(key): \"\(value)\" is not a moment like 2024-01-01 or 2024-01-01T00:00")
            }
            return moment
        }
        from = try moment("source.from")
        to = try moment("source.to")
        hold = try moment("source.hold")
        if let from, let to, from >= to { throw SettingError("source.from is not before source.to") }
        let speed = text("source.speed") ?? "max"
        guard let factor = speed == "max" ? 0 : Double(speed), factor >= 0, factor.isFinite else {
            throw SettingError("source.speed must be max or a number above zero, not \"\(speed)\"")
        }
        self.speed = factor
        venueURL = text("source.url") ?? "https://api.binance.com"
        history = try CommonSettings.number(config, "source.history", 1...1_000_000, otherwise: 2000)
    }
}
