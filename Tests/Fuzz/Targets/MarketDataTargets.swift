internal import HTTP
internal import Schema
internal import TestKit
internal import Trading
internal import Venues

extension FuzzTarget {
    /// The REST decoders, each behind its client.
    public static func marketData() -> [FuzzTarget] {
        [
            answers("binance", "binance.BTC-USDT", AnswerSeeds.binance) { BinanceMarketData(client: $0) },
            answers("binanceusdm", "binanceusdm.BTC-USDT", AnswerSeeds.binanceFutures) {
                BinanceMarketData(product: .usdMargined, client: $0)
            },
            answers("coinbase", "coinbase.BTC-USD", AnswerSeeds.coinbase) { CoinbaseMarketData(client: $0) },
            answers("kraken", "kraken.BTC-USD", AnswerSeeds.kraken) { KrakenMarketData(client: $0) },
            answers("gemini", "gemini.BTC-USD", AnswerSeeds.gemini) { GeminiMarketData(client: $0) },
        ]
    }

    /// A venue's answers: every request gets the input, once, without a socket.
    private static func answers(
        _ venue: String, _ instrument: String, _ seeds: [AnswerSeeds.Function: String],
        _ data: @escaping @Sendable (ResilientClient) -> any VenueMarketData
    ) -> FuzzTarget {
        let functions = AnswerSeeds.Function.allCases
        let seeds = functions.enumerated().compactMap { kind, function in
            seeds[function].map { Seed(kind: kind, $0) }
        }
        return FuzzTarget("\(venue) answers", seeds: seeds) { kind, bytes in
            let client = ResilientClient(
                transport: OneAnswer(bytes), limiter: RateLimiter(budget: 1000, per: .seconds(1)),
                policy: RetryPolicy(attempts: 1), clock: SkippingClock(), random: SplitMix64(seed: 1))
            do {
                try await read(data(client), functions[kind], Instrument(instrument))
                return true
            } catch {
                return false
            }
        }
    }

    private static func read(
        _ data: some VenueMarketData, _ function: AnswerSeeds.Function, _ instrument: Instrument
    ) async throws {
        let now = UnixNanos(seconds: 1_800_000_000)
        switch function {
        case .candles:
            // One page: the same answer to the next request would be out of order.
            var pages = try data.candles(instrument, .minute1, from: UnixNanos(0), to: now, asOf: now)
                .makeAsyncIterator()
            _ = try await pages.next(isolation: nil)
        case .trades: _ = try await data.recentTrades(instrument, receivedAt: now)
        case .depth: _ = try await data.depthSnapshot(instrument, receivedAt: now)
        case .listings: _ = try await data.listings(of: [instrument])
        case .time: _ = try await data.serverTime()
        case .fundingRates:
            _ = try await (data as? BinanceMarketData)?.fundingRates(instrument, from: UnixNanos(0), to: now)
        case .openInterest: _ = try await (data as? BinanceMarketData)?.openInterest(instrument, receivedAt: now)
        case .openInterestHistory:
            _ = try await (data as? BinanceMarketData)?.openInterest(instrument, .hour1, from: UnixNanos(0), to: now)
        }
    }
}

extension InstrumentListing {
    /// Bitcoin as Kraken lists it.
    static let krakenBitcoin = InstrumentListing(
        instrument: Instrument("kraken.BTC-USD"), symbol: "BTC/USD", status: .trading,
        rules: InstrumentRules(tick: .one, step: .one, minimumQuantity: .one, minimumNotional: .zero), pricePlaces: 1,
        quantityPlaces: 8)
}

/// A transport that gives one answer to every request.
private struct OneAnswer: HTTPTransport {
    let response: HTTPResponse

    init(_ body: [UInt8]) { response = HTTPResponse(status: 200, body: body) }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { response }
}
