import Foundation
import HTTP
import Schema
import TestKit
import Testing

@testable import Venues

// Six minutes of each of four streams; data/README.md of the shared data has the counts.
@Suite("Recorded ticks", .enabled(if: SharedData.required || SharedData.folder != nil))
struct RecordedTickTests {
    struct File: Sendable, CustomTestStringConvertible {
        let name: String
        let product: BinanceProduct
        let base: String
        let lines: Int
        let counts: [String: Int]
        let snapshots: Int

        var testDescription: String { name }
    }

    static let files = [
        File(
            name: "usdm_btcusdt_20240808", product: .usdMargined, base: "BTC", lines: 93_954,
            counts: ["update": 6551, "quote": 66_089, "trade": 21_313], snapshots: 1),
        File(
            name: "usdm_ethusdt_20240808", product: .usdMargined, base: "ETH", lines: 74_655,
            counts: ["update": 6586, "quote": 53_992, "trade": 14_076], snapshots: 1),
        File(
            name: "spot_btcusdt_20240808", product: .spot, base: "BTC", lines: 41_249,
            counts: ["update": 3451, "quote": 28_040, "trade": 9757], snapshots: 1),
        File(
            name: "spot_btcusdt_20240809", product: .spot, base: "BTC", lines: 58_325,
            counts: ["update": 3044, "quote": 45_134, "trade": 10_147], snapshots: 0),
    ]

    @Test("Every line is read, and neither updates nor trades have a hole", arguments: files)
    func everyLine(file: File) throws {
        let instrument = Instrument("\(file.product.venue).\(file.base)-USDT")
        let feed = try BinanceFeed(product: file.product, instruments: [instrument])
        let recording = try Recording(hftbacktest: file.name)
        var counts = EventCounts()
        var (snapshots, lastUpdate, lastTrade) = (0, UInt64?.none, UInt64?.none)
        var (updateBreaks, tradeBreaks) = (0, 0)
        for line in recording.messages {
            if line.bytes.starts(with: Array(#"{"lastUpdateId""#.utf8)) {
                // The one line that is an answer to a request.
                let depth = try JSONDecoder().decode(BinanceDepth.self, from: Data(line.bytes))
                #expect(depth.snapshot(instrument, receivedAt: line.receivedAt).bids.count == 1000)
                snapshots += 1
                continue
            }
            let events = try feed.decode(line.bytes, receivedAt: line.receivedAt).events
            counts.add(events)
            for event in events {
                switch event {
                case .depthUpdate(let update):
                    if let lastUpdate {
                        let follows =
                            file.product == .spot
                            ? update.firstSequence == lastUpdate + 1 : update.previousSequence == lastUpdate
                        if !follows { updateBreaks += 1 }
                    }
                    lastUpdate = update.lastSequence
                case .trade(_, let number):
                    if let lastTrade, number != lastTrade + 1 { tradeBreaks += 1 }
                    lastTrade = number
                default: break
                }
            }
        }
        print(
            "recorded ticks \(file.name): \(counts), \(snapshots) snapshots, \(updateBreaks) breaks of updates, \(tradeBreaks) of trades"
        )
        #expect(counts == EventCounts(messages: file.lines - file.snapshots, file.counts))
        #expect(snapshots == file.snapshots && updateBreaks == 0 && tradeBreaks == 0)
    }
}
