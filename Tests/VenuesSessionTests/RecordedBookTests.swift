import Foundation
import Market
import Schema
import TestKit
import Testing
import Venues

@Suite(
    "Recorded order books", .timeLimit(.minutes(20)), .enabled(if: SharedData.required || SharedData.folder != nil))
struct RecordedBookTests {
    /// A recording, and how often its book and its ticker can be compared.
    struct Case: Sendable {
        let file: String
        let instrument: String
        let continuity: DepthRules.Continuity
        /// Updates that came before the snapshot, and after it.
        let kept: Int
        let applied: Int
        /// Updates after which the ticker has the very same number.
        let coincident: Int
    }

    @Test(
        "Snapshot and updates give the best bid and ask that the venue streamed beside them",
        arguments: [
            Case(
                file: "usdm_btcusdt_20240808.gz", instrument: "binanceusdm.BTC-USDT", continuity: .linked, kept: 6,
                applied: 6545, coincident: 629),
            Case(
                file: "usdm_ethusdt_20240808.gz", instrument: "binanceusdm.ETH-USDT", continuity: .linked, kept: 7,
                applied: 6579, coincident: 551),
            Case(
                file: "spot_btcusdt_20240808.gz", instrument: "binance.BTC-USDT", continuity: .ranges, kept: 3,
                applied: 3448, coincident: 564),
        ])
    func bestPrices(_ recorded: Case) throws {
        let folder = try #require(SharedData.folder)
        let recording = try BinanceRecording(
            recorded.file, folder: folder, instrument: Instrument(recorded.instrument))
        var synchroniser = BookSynchroniser(
            instrument: recording.instrument, rules: DepthRules(snapshot: .requested, continuity: recorded.continuity))
        var (kept, applied, coincident, differing) = (0, 0, 0, 0)
        for depth in recording.depth {
            switch depth {
            case .snapshot(let snapshot): #expect(synchroniser.take(snapshot) == .applied)
            case .update(let update):
                let verdict = synchroniser.take(update)
                guard verdict == .applied else {
                    #expect(verdict == .kept)
                    kept += 1
                    continue
                }
                applied += 1
                // The ticker gives every change of the best prices its number, so the last one up to this update holds.
                let ticker = try #require(recording.lastTicker(upTo: update.lastSequence ?? 0))
                let book = synchroniser.book
                if book.bestBid != ticker.bid || book.bestAsk != ticker.ask { differing += 1 }
                if ticker.sequence == update.lastSequence { coincident += 1 }
            }
        }
        print(
            "\(recorded.file): \(kept) updates kept for the snapshot; best bid and ask compared after \(applied),",
            "\(coincident) of them with a ticker of the same number; \(differing) differ")
        #expect(differing == 0)
        #expect((kept, applied, coincident) == (recorded.kept, recorded.applied, recorded.coincident))
    }
}
