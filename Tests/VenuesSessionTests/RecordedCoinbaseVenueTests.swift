import HTTP
import Schema
import TestKit
import Testing
import Venues

@Suite(
    "Coinbase recorded, over sockets", .timeLimit(.minutes(20)), .serialized,
    .enabled(if: SharedData.required || SharedData.folder != nil))
struct RecordedCoinbaseVenueTests {
    /// Half of the recording, read once: fifteen seconds of ten products.
    private static let markets = Result {
        try CoinbaseFeed.Interface.allCases.reduce(into: [:]) { $0[$1] = try RecordedCoinbaseMarket($1, steps: 5000) }
    }

    private func run(
        _ interface: CoinbaseFeed.Interface, seed: UInt64 = 0, faults: [StreamFaults.Fault] = []
    ) throws -> RecordedRun {
        let market = try #require(try Self.markets.get()[interface])
        return RecordedRun(
            market: market, venue: RecordedVenue(market, seed: seed, faults: faults),
            feed: try CoinbaseFeed(interface: interface, instruments: market.instruments),
            marketData: { url in
                CoinbaseMarketData(
                    client: Coinbase.client(
                        transport: try CurlClient(), clock: FastClock(), random: SplitMix64(seed: 1)),
                    address: url)
            },
            channels: [.trades, .depth], instruments: market.instruments,
            healedAt: faults.isEmpty ? nil : market.stepCount * 2 / 3,
            pace: .microseconds(faults.isEmpty ? 100 : 200))
    }

    @Test(
        "All of a recording of Coinbase arrives, without a gap and without a request",
        arguments: CoinbaseFeed.Interface.allCases)
    func noFault(interface: CoinbaseFeed.Interface) async throws {
        let run = try run(interface)
        let (received, statistics) = try await run.follow()
        run.report(interface.rawValue, received, statistics)
        try run.check(received)
        run.expectUndisturbed(received, statistics)
        #expect(received.trades.count == 41)
    }

    @Test("Of the messages that Advanced Trade numbers, lost and swapped ones show by their numbers alone")
    func lostMessages() async throws {
        var run = try run(.advancedTrade, seed: 7, faults: [.dropped, .duplicated, .swapped])
        run.canStall = false
        let (received, statistics) = try await run.follow()
        run.report("lost messages", received, statistics)
        try run.check(received)
        run.expectAnnounced(received, statistics, breaks: false)
        // Books have no numbers of their own.
        #expect(received.gapped.contains { $0.channel == .depth })
    }

    @Test(
        "Whatever goes wrong, Coinbase's trades and books come out as they were recorded",
        arguments: CoinbaseFeed.Interface.allCases, 0..<2 as Range<UInt64>)
    func everyFault(interface: CoinbaseFeed.Interface, seed: UInt64) async throws {
        // Nothing shows a lost or a swapped update of the books that Coinbase Exchange streams; only TCP keeps them whole.
        let faults = StreamFaults.Fault.allCases.filter {
            interface == .advancedTrade || $0 != .dropped && $0 != .swapped
        }
        let run = try run(interface, seed: seed, faults: faults)
        let (received, statistics) = try await run.follow()
        run.report("\(interface.rawValue) \(seed)", received, statistics)
        try run.check(received)
        run.expectAnnounced(received, statistics)
    }
}
