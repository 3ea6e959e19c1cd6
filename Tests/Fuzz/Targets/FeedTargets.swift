internal import Schema
internal import Venues

extension FuzzTarget {
    /// The websocket decoders.
    public static func feeds() throws -> [FuzzTarget] {
        let spot = try BinanceFeed(instruments: [Instrument("binance.BTC-USDT")])
        let futures = try BinanceFeed(product: .usdMargined, instruments: [Instrument("binanceusdm.BTC-USDT")])
        let coinbase = try CoinbaseFeed(instruments: [Instrument("coinbase.BTC-USD")])
        let gemini = try GeminiFeed(instruments: [Instrument("gemini.BTC-USD")])
        let kraken = try KrakenFeed(listings: [.krakenBitcoin])
        return [
            FuzzTarget("binance feed", spot, FeedSeeds.binance),
            FuzzTarget("binanceusdm feed", futures, FeedSeeds.binance + FeedSeeds.binanceFutures),
            FuzzTarget("coinbase feed", coinbase, FeedSeeds.coinbase + FeedSeeds.coinbaseExchange),
            FuzzTarget("kraken feed", kraken, FeedSeeds.kraken + FeedSeeds.krakenOld),
            FuzzTarget("gemini feed", gemini, FeedSeeds.gemini),
        ]
    }

    /// A feed's decoder.
    private init(_ name: String, _ feed: some VenueFeed, _ seeds: [String]) {
        self.init(name, seeds: seeds.map { Seed($0) }) { _, bytes in
            do throws(VenueMessageError) {
                _ = try feed.decode(bytes, receivedAt: UnixNanos(seconds: 1_800_000_000))
                return true
            } catch {
                return false
            }
        }
    }
}
