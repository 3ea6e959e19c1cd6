import Foundation
import Schema
import TestKit
import Testing

@testable import Venues

@Suite("Clock skew")
struct ClockSkewTests {
    private let millisecond: Int64 = 1_000_000

    @Test("For any delays, the venue's offset lies within the stated uncertainty", arguments: 0..<100 as Range<UInt64>)
    func boundsHold(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let offset = Int64.random(in: -5_000_000_000...5_000_000_000, using: &random)
        var skew = ClockSkew()
        var now: Int64 = 1_700_000_000_000_000_000
        for _ in 0..<200 {
            now += Int64.random(in: 1...400 * millisecond, using: &random)
            let travel = Int64.random(in: millisecond...80 * millisecond, using: &random)
            let venue = (now + offset) / millisecond * millisecond
            if Int.random(in: 0..<10, using: &random) == 0 {
                let back = Int64.random(in: millisecond...80 * millisecond, using: &random)
                skew.observe(
                    requested: UnixNanos(now - travel), server: UnixNanos(venue), answered: UnixNanos(now + back))
            } else {
                skew.observe(event: UnixNanos(venue), received: UnixNanos(now + travel))
            }
        }
        let estimate = try #require(skew.estimate)
        let uncertainty = try #require(estimate.uncertainty)
        #expect(abs(estimate.offset - offset) <= uncertainty)
        #expect(uncertainty < 80 * millisecond)
    }

    @Test("The exchange with the shortest round trip counts, not the last one")
    func shortestRoundTrip() throws {
        var skew = ClockSkew()
        func exchange(_ sent: Int64, _ server: Int64, _ answered: Int64) {
            skew.observe(
                requested: UnixNanos(sent), server: UnixNanos(server), answered: UnixNanos(answered), resolution: 0)
        }
        exchange(0, 1000, 100)
        #expect(skew.estimate == ClockSkew.Estimate(offset: 950, uncertainty: 50))
        exchange(1000, 3000, 2000)
        #expect(skew.estimate == ClockSkew.Estimate(offset: 950, uncertainty: 50))
        for step in 2..<10 as Range<Int64> { exchange(step * 1000, step * 1000 + 1500, step * 1000 + 1000) }
        // Eight later ones have pushed it out.
        #expect(skew.estimate == ClockSkew.Estimate(offset: 1000, uncertainty: 500))
    }

    @Test("Events alone give the least difference and no uncertainty, and old ones are forgotten")
    func eventsAlone() {
        var skew = ClockSkew()
        #expect(skew.estimate == nil)
        skew.observe(event: UnixNanos(500), received: UnixNanos(100))
        skew.observe(event: UnixNanos(600), received: UnixNanos(300))
        #expect(skew.estimate == ClockSkew.Estimate(offset: 400, uncertainty: nil))
        skew.observe(event: UnixNanos(70_000_000_050), received: UnixNanos(70_000_000_000))
        #expect(skew.estimate?.offset == 400)
        skew.observe(event: UnixNanos(140_000_000_050), received: UnixNanos(140_000_000_000))
        #expect(skew.estimate?.offset == 50)
    }

    @Test(
        "The recordings' receive clock is found to be 1.2 to 1.3 s behind the venue's",
        .enabled(if: SharedData.required || SharedData.folder != nil), .timeLimit(.minutes(20)),
        arguments: [
            ("usdm_btcusdt_20240808.gz", "binanceusdm.BTC-USDT"), ("spot_btcusdt_20240809.gz", "binance.BTC-USDT"),
        ])
    func recordings(file: String, instrument: String) throws {
        let folder = try #require(SharedData.folder)
        let recording = try BinanceRecording(file, folder: folder, instrument: Instrument(instrument))
        var skew = ClockSkew()
        for time in recording.times { skew.observe(event: time.event, received: time.receive) }
        let offset = try #require(skew.estimate).offset
        print(
            "\(file): the venue's clock is at least \(Double(offset) / 1e9) s ahead, by \(recording.times.count) events"
        )
        #expect((1_200_000_000...1_300_000_000).contains(offset))
    }
}
