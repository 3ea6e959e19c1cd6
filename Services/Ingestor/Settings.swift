internal import Configuration
internal import HTTP
internal import Market
internal import Schema
internal import ServiceKit
internal import Venues

/// The ingestor's settings.
struct Settings: Sendable {
    enum Source: String, Codable { case file, exchange, synthetic }

    /// What can be had beside candles.
    enum Channel: String, CaseIterable {
        case trades, quotes, depth
        case fundingRates = "funding-rates"
        case openInterest = "open-interest"
        case liquidations

        /// The stream that brings it; `nil` for what is asked for by REST.
        var stream: VenueChannel? {
            switch self {
            case .trades: .trades
            case .quotes: .quotes
            case .depth: .depth
            case .liquidations: .liquidations
            case .fundingRates, .openInterest: nil
            }
        }
    }

    let market: MarketSettings
    /// The source, and what takes its place where it has nothing.
    let sources: [Source]
    let folder: String?
    let from: UnixNanos?
    let to: UnixNanos?
    /// Batches a second at most; 0 is as fast as possible.
    let speed: Double
    /// The moment at which the feed waits for its first champion, everything before being fed as fast as possible.
    let hold: UnixNanos?
    /// Other addresses than the venues' own.
    let addresses: [Venue: String]
    let streamAddresses: [Venue: String]
    /// Whether websockets are used at all.
    let streams: Bool
    let channels: Set<Channel>
    let patience: StepCollector.Patience
    /// How long venues may take to give their first answer before the next source takes their place, in nanoseconds.
    let reach: Int64
    let history: Int

    static let keys =
        MarketSettings.keys + [
            SettingKey(
                "source.kind", "file",
                "file, exchange or synthetic (the synthetic-generator); of several, comma separated, the first that has data"
            ),
            SettingKey("source.folder", "", "folder of recorded candles and series.csv, for source.kind file"),
            SettingKey("source.from", "", "first moment, as 2024-01-01 or 2024-01-01T00:00"),
            SettingKey("source.to", "", "last moment"),
            SettingKey("source.speed", "max", "max, or how many times faster than it happened"),
            SettingKey(
                "source.hold", "", "moment at which the feed waits for a first champion; up to it, speed is max"),
            SettingKey(
                "source.channels", "",
                "beside candles, of an exchange: \(Channel.allCases.map(\.rawValue).joined(separator: ","))"),
            SettingKey(
                "source.transport", "websocket", "of an exchange: websocket, with REST behind it, or rest alone"),
            SettingKey(
                "source.url", "", "another REST address of the venue, or several as kraken=https://…,coinbase=https://…"
            ),
            SettingKey("source.stream-url", "", "the same of its websockets, as wss://…"),
            SettingKey("source.history", "2000", "bars of history fetched first, for source.kind exchange"),
            SettingKey("source.patience", "20", "seconds that a late candle is waited for"),
            SettingKey(
                "source.outage-patience", "600", "seconds that an instrument is waited for whose venue does not answer"),
            SettingKey(
                "source.reach", "30", "seconds in which an exchange must answer before the next source is taken"),
        ]

    init(_ config: ConfigReader) throws {
        func text(_ key: String) -> String? { config.string(forKey: ConfigKey(key)) }
        market = try MarketSettings(text)
        sources = try Self.list(text("source.kind") ?? "file", "source.kind")
        folder = text("source.folder").flatMap { $0.isEmpty ? nil : $0 }
        if sources == [.file], folder == nil {
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
        channels = Set(try Self.list(text("source.channels") ?? "", "source.channels"))
        let transport = text("source.transport") ?? "websocket"
        guard ["websocket", "rest"].contains(transport) else {
            throw SettingError("source.transport must be websocket or rest, not \"\(transport)\"")
        }
        streams = transport == "websocket"
        let venues = Set(market.instruments.compactMap(Venue.init(of:)))
        if sources.contains(.exchange), let stranger = market.instruments.first(where: { Venue(of: $0) == nil }) {
            let known = Venue.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError("source.kind exchange: \(stranger) is of none of the venues \(known)")
        }
        addresses = try Self.addresses(text("source.url"), "source.url", of: venues)
        streamAddresses = try Self.addresses(text("source.stream-url"), "source.stream-url", of: venues)
        for address in streamAddresses.values where (try? WebSocketAddress(address)) == nil {
            throw SettingError("source.stream-url: \"\(address)\" is not an address like wss://stream.example.com")
        }
        func seconds(_ key: String, otherwise: Int) throws -> Int64 {
            Int64(try CommonSettings.number(config, key, 1...86_400, otherwise: otherwise)) * 1_000_000_000
        }
        patience = StepCollector.Patience(
            late: try seconds("source.patience", otherwise: 20),
            outage: try seconds("source.outage-patience", otherwise: 600),
            events: channels.isEmpty ? 0 : 500_000_000)
        reach = try seconds("source.reach", otherwise: 30)
        history = try CommonSettings.number(config, "source.history", 1...1_000_000, otherwise: 2000)
    }

    /// The venues and their addresses, for a person.
    var venueDetail: String {
        Set(market.instruments.compactMap(Venue.init(of:))).sorted { $0.rawValue < $1.rawValue }
            .map { addresses[$0] ?? $0.address }.joined(separator: ", ")
    }

    /// The values that a comma-separated list names, each once.
    private static func list<Value: RawRepresentable<String> & Hashable>(
        _ text: String, _ key: String
    ) throws(SettingError) -> [Value] where Value: Sendable {
        var values: [Value] = []
        for word in text.split(separator: ",") {
            guard let value = Value(rawValue: word.filter { $0 != " " }), !values.contains(value) else {
                throw SettingError("\(key): \"\(word)\" is unknown, or named twice; --help lists what there is")
            }
            values.append(value)
        }
        return values
    }

    /// Addresses of venues: one for the only venue, or `name=address` of each.
    private static func addresses(
        _ text: String?, _ key: String, of venues: Set<Venue>
    ) throws(SettingError) -> [Venue: String] {
        guard let text, !text.isEmpty else { return [:] }
        guard text.contains("=") else {
            guard let venue = venues.first, venues.count == 1 else {
                throw SettingError("\(key): the instruments are of several venues; say which, as kraken=https://…")
            }
            return [venue: text]
        }
        var addresses: [Venue: String] = [:]
        for part in text.split(separator: ",") {
            let words = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard words.count == 2, let venue = Venue(rawValue: words[0].filter { $0 != " " }), venues.contains(venue)
            else { throw SettingError("\(key): \"\(part)\" is no venue of the instruments and an address") }
            addresses[venue] = words[1]
        }
        return addresses
    }
}
