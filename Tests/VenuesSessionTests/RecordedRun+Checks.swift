import Market
import Schema
import TestKit
import Testing
import Venues

extension RecordedRun {
    /// Compares what came with the recording, from the first event that came on.
    func check(_ received: ReceivedMarket) throws {
        for instrument in instruments {
            if channels.contains(.trades) { try checkTrades(received, instrument) }
            if channels.contains(.depth), let book = try market.book(of: instrument) {
                #expect(received.books[instrument]?.bids == book.bids, "\(instrument)")
                #expect(received.books[instrument]?.asks == book.asks, "\(instrument)")
            }
            guard channels.contains(.candles(.minute1)) else { continue }
            let candles = received.candles.filter { $0.instrument == instrument.name }
            // What was lost before the first and after the last one was, nobody can know.
            let range = (candles.first?.openMilliseconds ?? 0)...(candles.last?.openMilliseconds ?? 0)
            let recorded = try market.candles(of: instrument)
            #expect(
                candles == (healedAt == nil ? recorded : recorded.filter { range.contains($0.openMilliseconds) }),
                "\(instrument)")
            let settled = try market.settledCandles(of: instrument).last?.openMilliseconds
            #expect(settled.map { $0 <= range.upperBound } ?? true, "\(instrument)")
        }
    }

    private func checkTrades(_ received: ReceivedMarket, _ instrument: Instrument) throws {
        let trades = received.trades.filter { $0.instrument == instrument }
        var recorded = try market.trades(of: instrument)[...]
        if healedAt != nil, let first = trades.first {
            recorded = recorded.drop { $0.id != first.id }
        }
        #expect(trades.map(\.id) == recorded.map(\.id), "\(instrument)")
        #expect(trades.map(\.price) == recorded.map(\.price), "\(instrument)")
        #expect(trades.map(\.quantity) == recorded.map(\.quantity), "\(instrument)")
        #expect(trades.map(\.aggressor) == recorded.map(\.aggressor), "\(instrument)")
        #expect(trades.map(\.eventTime) == recorded.map(\.eventTime), "\(instrument)")
    }

    /// Nothing was lost, fetched or repeated.
    func expectUndisturbed(_ received: ReceivedMarket, _ statistics: [MarketDataStatistics]) {
        #expect(received.gaps == 0 && received.unannounced == 0)
        for connection in statistics {
            #expect(connection.reconnects == 0 && connection.failedConnections == 0 && connection.failedRequests == 0)
            #expect(connection.malformed == 0 && connection.unclaimed == 0)
        }
    }

    /// Much was lost, everything was announced, and what a venue can give again was had in the end.
    ///
    /// `breaks` when connections must have broken too.
    func expectAnnounced(_ received: ReceivedMarket, _ statistics: [MarketDataStatistics], breaks: Bool = true) {
        func sum(_ value: (MarketDataStatistics) -> Int) -> Int { statistics.map(value).reduce(0, +) }
        #expect(received.unannounced == 0 && received.losses == [])
        // The sessions are ahead of what was taken.
        #expect(received.gaps > 0 && received.gaps <= sum(\.gaps))
        #expect(sum(\.reconnects) > 0 || !breaks)
    }

    func report(_ name: String, _ received: ReceivedMarket, _ statistics: [MarketDataStatistics]) {
        func sum(_ value: (MarketDataStatistics) -> Int) -> Int { statistics.map(value).reduce(0, +) }
        print(
            "\(name): refused \(venue.refusals), \(sum(\.messages)) messages, \(received.trades.count) trades,",
            "\(received.candles.count) candles, \(sum(\.connections)) connections, \(sum(\.failedConnections)) failed,",
            "\(sum(\.gaps)) gaps, \(sum(\.recoveries)) recoveries, \(sum(\.losses)) losses,",
            "\(sum(\.backfilled)) backfilled, \(sum(\.duplicates)) duplicates, \(sum(\.malformed)) malformed,",
            "\(sum(\.failedRequests)) failed requests")
    }
}
