import Pipeline
import Schema
import Synthetic
import Testing

@testable import SyntheticGenerator

@Suite("SyntheticLog")
struct SyntheticLogTests {
    private static func log(instruments: Int, bars: Int) -> SyntheticLog {
        SyntheticLog(
            RegimeSwitchingMarket.Settings(
                instruments: (0..<instruments).map {
                    SyntheticInstrument(
                        Instrument("binance.S\($0)-USDT"), price: 100, tick: 0.01, hourlyVolume: 1000, lot: 0.001)
                },
                timeframe: .minute1, start: UnixNanos(seconds: 1_672_531_200)), seed: 7, bars: bars)
    }

    @Test("Whatever is asked for in whatever order, the log is the same")
    func same() {
        var straight = Self.log(instruments: 3, bars: 60)
        let all = straight.batches(after: .start, limit: 60)
        #expect(all.count == 60 && all.last?.watermark.position == straight.end)
        var log = Self.log(instruments: 3, bars: 60)
        var random = SplitMix64(seed: 3)
        for _ in 0..<200 {
            let skipped = Int.random(in: 0...60, using: &random)
            let limit = Int.random(in: 1...20, using: &random)
            let after = skipped == 0 ? FeedPosition.start : all[skipped - 1].watermark.position
            #expect(log.batches(after: after, limit: limit) == Array(all[skipped...].prefix(limit)))
        }
        #expect(log.batches(after: log.end, limit: 5).isEmpty)
    }

    @Test("A page that is asked for again, or from its middle on, is made again, and not all that lies before it")
    func again() {
        var log = Self.log(instruments: 3, bars: 10_000)
        var after = FeedPosition.start
        for _ in 0..<20 { after = log.batches(after: after, limit: 100).last!.watermark.position }
        #expect(log.made == 2000)
        let page = log.batches(after: after, limit: 100)
        #expect(log.batches(after: after, limit: 100) == page)
        #expect(log.made == 2200)
        #expect(log.batches(after: page[49].watermark.position, limit: 50) == Array(page[50...]))
        #expect(log.made == 2300)
    }

    @Test("A page of many instruments has fewer bars, since an answer holds no more")
    func large() {
        var log = Self.log(instruments: 1000, bars: 100)
        let page = log.batches(after: .start, limit: 256)
        #expect(page.count == 32)
        let bytes = page.reduce(0) { $0 + $1.entries.count } * 200
        #expect(bytes < 8 << 20)
        #expect(log.batches(after: page.last!.watermark.position, limit: 256).count == 32)
        #expect(log.made == 64)
    }
}
