internal import Schema

/// What a file's name, and the folders that it lies in, say of the candles in it.
///
///     binance.BTC-USDT_1h.csv      binance_spot/BTCUSDT_1h.csv.gz      binance_usdm/BTCUSDT-PERP_5m.csv
///
/// and the two ways to name QuantConnect LEAN's zips, as it does itself (`Data/crypto/readme.md`) and in one folder:
///
///     coinbase/minute/btcusd/20161007_trade.zip    coinbase/daily/btcusd_trade.zip
///     coinbase_minute_btcusd_20161007_trade.zip    coinbase_daily_btcusd_trade.zip
struct CandleFileName: Equatable {
    /// What LEAN keeps in a zip.
    enum Lean: Equatable {
        /// The second of a day, of which the first is this moment.
        case intraday(resolution: String, day: UnixNanos)
        /// All days or hours there are.
        case all(resolution: String)
    }

    private(set) var instrument: Instrument?
    private(set) var timeframe: Timeframe?
    /// What stands where a timeframe should, such as `3m`, and is none of ours.
    private(set) var otherTimeframe: String?
    /// `nil` for a table with a header.
    private(set) var lean: Lean?
    /// Whether they are LEAN's quotes, which are no candles of trades.
    private(set) var isQuotes = false

    private static let venues: Set<String> = [
        "binance", "binanceus", "bitfinex", "bybit", "coinbase", "dydx", "gemini", "kraken", "okx",
    ]
    /// Longer ones first, so that BTCFDUSD is not a pair with USD.
    private static let quotes = [
        "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "EUR", "GBP", "JPY", "BTC", "ETH", "BNB",
    ]

    init(path: String) {
        let parts = path.split(separator: "/").map(String.init)
        guard let file = parts.last else { return }
        let folders = parts.dropLast()
        let stem = String(file.prefix { $0 != "." || file.first == "." })
        if file.hasSuffix(".zip"), readLean(stem, in: folders) { return }
        let whole = file.hasSuffix(".csv.gz") ? file.dropLast(7) : file.hasSuffix(".csv") ? file.dropLast(4) : file[...]
        guard let cut = whole.lastIndex(of: "_") else { return }
        let span = String(whole[whole.index(after: cut)...])
        timeframe = Timeframe(rawValue: span)
        if timeframe == nil, span.wholeMatch(of: /[0-9]+[smhdwM]/) != nil { otherTimeframe = span }
        let name = String(whole[..<cut])
        instrument =
            (try? Instrument(parsing: name))
            ?? folders.last.flatMap { Self.instrument(folder: $0, pair: name.uppercased()) }
    }

    /// Reads `…_trade.zip`, joining what stands in the name to what stands in the folders.
    private mutating func readLean(_ stem: String, in folders: ArraySlice<String>) -> Bool {
        let words = folders.suffix(3) + stem.split(separator: "_").map(String.init)
        guard let kind = words.last, ["trade", "quote"].contains(kind),
            let at = words.lastIndex(where: { ["tick", "second", "minute", "hour", "daily"].contains($0) }),
            at > words.startIndex, at + 1 < words.endIndex - 1
        else { return false }
        isQuotes = kind == "quote"
        instrument = Self.instrument(folder: words[at - 1], pair: words[at + 1].uppercased())
        let date = words[at + 2]
        let day = TimeFormat.compactDate.moment(Array("\(date) 00:00".utf8))
        lean = day.map { .intraday(resolution: words[at], day: $0) } ?? .all(resolution: words[at])
        switch words[at] {
        case "minute": timeframe = .minute1
        case "hour": timeframe = .hour1
        case "daily": timeframe = .day1
        default: otherTimeframe = words[at]
        }
        return true
    }

    /// The instrument of a pair like `BTCUSDT`, `BTC-USDT` or `BTCUSDT-PERP` in a venue's folder.
    ///
    /// A market of a venue beside its spot market counts as a venue: `binance_usdm` is `binanceusdm`.
    private static func instrument(folder: String, pair: String) -> Instrument? {
        let words = folder.lowercased().split(separator: "_").filter { $0 != "spot" && $0 != "gpl" && $0 != "lgpl" }
        guard let venue = words.first, venues.contains(String(venue)) else { return nil }
        let symbol = pair.hasSuffix("-PERP") ? String(pair.dropLast(5)) : pair
        if symbol.contains("-") { return try? Instrument(parsing: "\(words.joined()).\(symbol)") }
        guard let quote = quotes.first(where: { symbol.hasSuffix($0) && symbol.count > $0.count }) else { return nil }
        return try? Instrument(parsing: "\(words.joined()).\(symbol.dropLast(quote.count))-\(quote)")
    }
}
