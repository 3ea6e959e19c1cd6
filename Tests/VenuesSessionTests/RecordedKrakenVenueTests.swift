import HTTP
import Schema
import TestKit
import Testing
import Venues

@Suite(
    "Kraken recorded, over sockets", .timeLimit(.minutes(20)), .serialized,
    .enabled(if: SharedData.required || SharedData.folder != nil))
struct RecordedKrakenVenueTests {
    /// Read once.
    private static let books = Result { try RecordedKrakenMarket.books() }

    private func run(
        _ market: RecordedKrakenMarket, _ channels: Set<VenueChannel>, seed: UInt64 = 0,
        faults: [StreamFaults.Fault] = [], isMissingPair: Bool = false
    ) async throws -> RecordedRun {
        let venue = RecordedVenue(market, seed: seed, faults: faults)
        // The listings come from the venue too, and their digits from what it writes.
        let wanted = market.instruments + (isMissingPair ? [Instrument("kraken.ETH-USD")] : [])
        let listings = try await FakeStreamVenue.run(RecordedVenue(market).behaviour) { server in
            try await Self.marketData(server.url).listings(of: wanted)
        }
        #expect(listings.count == wanted.count)
        let written = listings.map { listing in
            InstrumentListing(
                instrument: listing.instrument, symbol: listing.symbol, status: listing.status, rules: listing.rules,
                pricePlaces: market.places[listing.instrument] ?? listing.pricePlaces,
                quantityPlaces: listing.quantityPlaces)
        }
        return RecordedRun(
            market: market, venue: venue, feed: try KrakenFeed(listings: written),
            marketData: { try Self.marketData($0) }, channels: channels, instruments: wanted,
            healedAt: faults.isEmpty ? nil : market.stepCount * 2 / 3,
            pace: .microseconds(faults.isEmpty ? 100 : 500))
    }

    private static func marketData(_ url: String) throws -> KrakenMarketData {
        KrakenMarketData(
            client: Kraken.client(transport: try CurlClient(), clock: FastClock(), random: SplitMix64(seed: 1)),
            address: url)
    }

    @Test("Ten recorded books have their recorded checksums to the end, without a gap")
    func books() async throws {
        let run = try await run(Self.books.get(), [.depth])
        let (received, statistics) = try await run.follow()
        run.report("books", received, statistics)
        try run.check(received)
        run.expectUndisturbed(received, statistics)
        #expect(received.books.count == 10)
    }

    @Test("A lost update of a book shows by the checksum alone")
    func lostUpdates() async throws {
        var run = try await run(Self.books.get(), [.depth], seed: 7, faults: [.dropped, .duplicated, .swapped])
        run.canStall = false
        let (received, statistics) = try await run.follow()
        run.report("lost updates", received, statistics)
        try run.check(received)
        run.expectAnnounced(received, statistics, breaks: false)
    }

    @Test(
        "Whatever goes wrong, the checksums notice it, and the books are right again", arguments: 0..<2 as Range<UInt64>
    )
    func faultyBooks(seed: UInt64) async throws {
        let run = try await run(Self.books.get(), [.depth], seed: seed, faults: StreamFaults.Fault.allCases)
        let (received, statistics) = try await run.follow()
        run.report("books \(seed)", received, statistics)
        try run.check(received)
        run.expectAnnounced(received, statistics)
    }

    @Test("Recorded trades arrive once each and in order, and candles as the venue's REST interface has them")
    func trades() async throws {
        let run = try await run(.trades(300), [.trades, .candles(.minute1)])
        let (received, statistics) = try await run.follow()
        run.report("trades", received, statistics)
        try run.check(received)
        run.expectUndisturbed(received, statistics)
    }

    @Test("Whatever goes wrong, no trade and no candle is missing", arguments: 0..<2 as Range<UInt64>)
    func faultyTrades(seed: UInt64) async throws {
        let run = try await run(
            .trades(1000), [.trades, .candles(.minute1)], seed: seed, faults: StreamFaults.Fault.allCases)
        let (received, statistics) = try await run.follow()
        run.report("trades \(seed)", received, statistics)
        try run.check(received)
        run.expectAnnounced(received, statistics)
    }

    @Test("A pair that the venue refuses is told, and the others' books go on")
    func refusedPair() async throws {
        let run = try await run(Self.books.get(), [.depth], isMissingPair: true)
        let (received, statistics) = try await run.follow()
        try run.check(received)
        #expect(received.books.count == 10)
        #expect(statistics[0].refusals == 1 && statistics[0].reconnects == 0)
        #expect(received.open == [MarketDataStream(Instrument("kraken.ETH-USD"), .depth)])
    }
}
