import HTTP
import Schema
import TestKit
import Venues

/// Every venue's client, against a venue on loopback, with a clock that never waits.
struct VenueClients {
    let venue: FakeVenue
    let clock = SkippingClock()

    init(_ answer: @escaping @Sendable (FakeVenue.Request, Int) -> FakeVenue.Reply) throws {
        venue = try FakeVenue(answer)
    }

    init(script: [FakeVenue.Reply]) throws { venue = try FakeVenue(script: script) }

    var spot: BinanceMarketData {
        get throws {
            BinanceMarketData(
                client: Binance.client(transport: try CurlClient(), clock: clock, random: SplitMix64(seed: 1)),
                address: venue.url)
        }
    }

    var futures: BinanceMarketData {
        get throws {
            BinanceMarketData(
                product: .usdMargined,
                client: Binance.client(
                    transport: try CurlClient(), product: .usdMargined, clock: clock, random: SplitMix64(seed: 1)),
                address: venue.url)
        }
    }

    var coinbase: CoinbaseMarketData {
        get throws {
            CoinbaseMarketData(
                client: Coinbase.client(transport: try CurlClient(), clock: clock, random: SplitMix64(seed: 1)),
                address: venue.url)
        }
    }

    var kraken: KrakenMarketData {
        get throws {
            KrakenMarketData(
                client: Kraken.client(transport: try CurlClient(), clock: clock, random: SplitMix64(seed: 1)),
                address: venue.url)
        }
    }

    var gemini: GeminiMarketData {
        get throws {
            GeminiMarketData(
                client: Gemini.client(transport: try CurlClient(), clock: clock, random: SplitMix64(seed: 1)),
                address: venue.url)
        }
    }
}
