internal import Schema

/// The two interfaces of Binance that we read; they differ in addresses, limits and a few fields.
///
/// Binance, "Spot API documentation" and "USDⓈ-M Futures API documentation" (developers.binance.com).
public enum BinanceProduct: String, Sendable, Hashable, CaseIterable {
    case spot
    /// Perpetual contracts that are paid in stable coins; those with a date of delivery are not claimed.
    case usdMargined

    /// The venue's name in ``Schema/Instrument/venue``.
    public var venue: String {
        switch self {
        case .spot: Binance.venue
        case .usdMargined: "binanceusdm"
        }
    }

    /// The address of the public REST interface.
    public var address: String {
        switch self {
        case .spot: Binance.address
        case .usdMargined: "https://fapi.binance.com"
        }
    }

    /// What the paths of the REST interface begin with.
    var path: String {
        switch self {
        case .spot: "/api/v3"
        case .usdMargined: "/fapi/v1"
        }
    }

    /// Request weight that one address may use in a minute.
    var weightPerMinute: Int {
        switch self {
        case .spot: 6000
        case .usdMargined: 2400
        }
    }

    /// What a request of the path's last part weighs, at the row limits that we ask for.
    func weight(_ function: String) -> Int {
        switch (self, function) {
        case (.spot, "klines"), (.spot, "aggTrades"): 2
        case (.spot, "depth"): 50
        case (.spot, "exchangeInfo"), (.usdMargined, "aggTrades"), (.usdMargined, "depth"): 20
        case (.spot, "trades"), (.spot, "historicalTrades"): 25
        case (.usdMargined, "klines"), (.usdMargined, "trades"): 5
        default: 1
        }
    }

    /// The venue's spelling of an instrument, in REST and in messages.
    static func symbol(_ instrument: Instrument) -> String { instrument.base + instrument.quote }

    /// Where a stream is to be had.
    ///
    /// USD-M routes by path since 2026: what follows the book is `/public`, all else `/market`; a stream asked for on the
    /// wrong one is silent, without an error.
    func streamAddress(_ stream: String) -> String {
        switch self {
        case .spot: "wss://stream.binance.com:9443/stream"
        case .usdMargined:
            stream.hasSuffix("@depth@100ms") || stream.hasSuffix("@bookTicker")
                ? "wss://fstream.binance.com/public/stream" : "wss://fstream.binance.com/market/stream"
        }
    }

    /// The name of a channel's stream, or `nil` for one that the venue lacks.
    func stream(_ channel: VenueChannel, symbol: String) -> String? {
        let symbol = symbol.lowercased()
        switch (self, channel) {
        case (.spot, .trades): return "\(symbol)@trade"
        // The single trades of the futures are not documented.
        case (.usdMargined, .trades): return "\(symbol)@aggTrade"
        case (_, .quotes): return "\(symbol)@bookTicker"
        case (_, .depth): return "\(symbol)@depth@100ms"
        case (_, .candles(let timeframe)): return "\(symbol)@kline_\(timeframe.rawValue)"
        case (.usdMargined, .fundingRates): return "\(symbol)@markPrice@1s"
        case (.usdMargined, .liquidations): return "\(symbol)@forceOrder"
        case (.spot, .fundingRates), (.spot, .liquidations), (_, .openInterest): return nil
        }
    }

    /// The most streams of one connection.
    var streamsPerConnection: Int {
        switch self {
        case .spot: 1024
        case .usdMargined: 200
        }
    }

    /// How connections are to be treated: the venue pings every 20 seconds (spot) or 3 minutes (futures), and closes after a
    /// day.
    var connectionRules: ConnectionRules {
        switch self {
        case .spot:
            ConnectionRules(
                maximumSilence: .seconds(60), maximumAge: .seconds(86_400),
                attempts: .init(300, per: .seconds(300)), frames: .init(5, per: .seconds(1)))
        case .usdMargined:
            ConnectionRules(
                maximumSilence: .seconds(600), maximumAge: .seconds(86_400),
                attempts: .init(300, per: .seconds(300)), frames: .init(10, per: .seconds(1)))
        }
    }
}
