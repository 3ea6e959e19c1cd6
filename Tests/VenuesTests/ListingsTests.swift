import Foundation
import HTTP
import Schema
import TestKit
import Testing
import Trading
import Venues

// LEAN's table is of about 2025, so years younger than the recordings; what changed meanwhile is counted, not left out.
@Suite("Recorded listings", .enabled(if: SharedData.required || SharedData.folder != nil))
struct ListingsTests {
    /// How a venue's rules compare with LEAN's, over the symbols that both have.
    private struct Comparison: Equatable {
        var compared = 0
        var equalTicks = 0
        var equalSteps = 0
        /// Ticks and steps that differ by something else than a power of ten, as no venue ever changes them.
        var oddRatios = 0
    }

    /// LEAN's ticks and steps of a market's spot symbols, by the venue's spelling.
    private func reference(market: String) throws -> [String: (tick: Decimal12, step: Decimal12)] {
        var rows: [String: (tick: Decimal12, step: Decimal12)] = [:]
        let table = try Recording.file("data/reference/lean_symbol_properties_crypto.csv.gz")
        for line in String(decoding: table, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= 9, fields[0] == market, fields[2] == "crypto", let tick = number(fields[6]),
                let step = number(fields[7])
            else { continue }
            rows[fields[8]] = (tick, step)
        }
        return rows
    }

    /// LEAN writes small numbers as `1E-8`.
    private func number(_ text: String) -> Decimal12? {
        Decimal(string: text).flatMap { try? Decimal12(parsing: "\($0)") }
    }

    private func compare(
        _ listings: VenueListings, market: String, symbol: (InstrumentListing) -> String = { $0.symbol }
    ) throws -> Comparison {
        let reference = try reference(market: market)
        var result = Comparison()
        for listing in listings.instruments {
            guard let row = reference[symbol(listing)] else { continue }
            result.compared += 1
            for (ours, theirs, count) in [
                (listing.rules.tick, row.tick, \Comparison.equalTicks),
                (listing.rules.step, row.step, \Comparison.equalSteps),
            ] {
                if ours == theirs {
                    result[keyPath: count] += 1
                } else if !isPowerOfTen(ours, theirs) {
                    result.oddRatios += 1
                }
            }
        }
        print("listings of \(market): \(listings.instruments.count) read, \(listings.omitted.count) omitted; \(result)")
        return result
    }

    private func isPowerOfTen(_ one: Decimal12, _ other: Decimal12) -> Bool {
        var (small, large) = (min(one, other).units, max(one, other).units)
        guard small > 0 else { return false }
        while small < large { small *= 10 }
        swap(&small, &large)
        return small == large
    }

    @Test("All of Binance's symbols of October 2021 are read; what LEAN has otherwise was moved by powers of ten since")
    func binance() async throws {
        let body = try Recording.answers(cryptofeed: "BINANCE.0")[0].body
        let client = Binance.client(
            transport: CannedTransport(body), clock: SkippingClock(), random: SplitMix64(seed: 1))
        let listings = try await BinanceMarketData(client: client).allListings()
        #expect(listings.instruments.count == 1695 && listings.omitted.isEmpty)
        #expect(listings.instruments.count { $0.status == .trading } == 1262)
        #expect(
            try compare(listings, market: "binance")
                == Comparison(compared: 1645, equalTicks: 1227, equalSteps: 1592, oddRatios: 0))
        let bitcoin = try #require(listings.instruments.first { $0.symbol == "BTCUSDT" })
        #expect(
            bitcoin
                == InstrumentListing(
                    instrument: Instrument("binance.BTC-USDT"), symbol: "BTCUSDT", status: .trading,
                    rules: InstrumentRules(
                        tick: try Decimal12(parsing: "0.01"), step: try Decimal12(parsing: "0.00001"),
                        minimumQuantity: try Decimal12(parsing: "0.00001"),
                        minimumNotional: Decimal12(10), maximumQuantity: Decimal12(9000),
                        minimumPrice: try Decimal12(parsing: "0.01"), maximumPrice: Decimal12(1_000_000))))
    }

    @Test("Binance's futures of July 2021 are read, and those with a date of delivery are omitted")
    func binanceFutures() async throws {
        let body = try Recording.answers(cryptofeed: "BINANCE_FUTURES.0")[0].body
        let client = Binance.client(
            transport: CannedTransport(body), product: .usdMargined, clock: SkippingClock(),
            random: SplitMix64(seed: 1))
        let listings = try await BinanceMarketData(product: .usdMargined, client: client).allListings()
        #expect(listings.instruments.count == 119)
        // The third one was about to be listed and had no type yet.
        #expect(Set(listings.omitted.keys) == ["BTCUSDT_210924", "ETHUSDT_210924", "BTCSTUSDT"])
        let bitcoin = try #require(listings.instruments.first { $0.symbol == "BTCUSDT" })
        #expect(bitcoin.instrument == Instrument("binanceusdm.BTC-USDT"))
        #expect(bitcoin.rules.tick == Decimal12("0.01") && bitcoin.rules.minimumPrice == Decimal12("556.72"))
        #expect(bitcoin.rules.step == Decimal12("0.001") && bitcoin.rules.minimumNotional == Decimal12(5))
        #expect(bitcoin.rules.ticksFromMinimum)
    }

    @Test("Kraken's pairs of April 2021 are read, but for the dark pool; what LEAN has otherwise was moved since")
    func kraken() async throws {
        let listings = try await recordedKrakenListings()
        #expect(listings.instruments.count == 292 && listings.omitted.count == 12)
        #expect(listings.omitted["XXBTZUSD.d"] == "no wsname")
        let comparison = try compare(listings, market: "kraken") { listing in
            ["BTC": "XBT", "DOGE": "XDG", "/": ""].reduce(listing.symbol) {
                $0.replacingOccurrences(of: $1.key, with: $1.value)
            }
        }
        #expect(comparison == Comparison(compared: 239, equalTicks: 221, equalSteps: 239, oddRatios: 0))
        let bitcoin = try #require(listings.instruments.first { $0.instrument == Instrument("kraken.BTC-USD") })
        #expect(bitcoin.symbol == "BTC/USD" && bitcoin.pricePlaces == 1 && bitcoin.quantityPlaces == 8)
        #expect(bitcoin.rules.tick == Decimal12("0.1") && bitcoin.rules.step == Decimal12("0.00000001"))
        #expect(bitcoin.rules.minimumQuantity == Decimal12("0.0002"))
    }

    @Test("Coinbase's products of April 2026 are read, with the rules of LEAN's table")
    func coinbase() async throws {
        let body = try Recording.file("data/raw_messages/nautilus_lgpl/coinbase/http_products.json")
        let client = Coinbase.client(
            transport: CannedTransport(body), clock: SkippingClock(), random: SplitMix64(seed: 1))
        let listings = try await CoinbaseMarketData(client: client).allListings()
        let comparison = try compare(listings, market: "coinbase")
        #expect(comparison == Comparison(compared: 2, equalTicks: 2, equalSteps: 2, oddRatios: 0))
        let bitcoin = try #require(listings.instruments.first { $0.symbol == "BTC-USD" })
        #expect(bitcoin.instrument == Instrument("coinbase.BTC-USD") && bitcoin.status == .trading)
        #expect(bitcoin.rules.minimumNotional == Decimal12(1) && bitcoin.rules.maximumQuantity == Decimal12(3400))
    }
}
