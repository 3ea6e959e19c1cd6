import Foundation
import Market
import Pipeline
import Schema
import Testing

@Suite("Feed builder")
struct FeedBuilderTests {
    static let bitcoin = Instrument("binance.BTC-USDT")
    static let ether = Instrument("binance.ETH-USDT")

    func builder(_ higher: [Timeframe] = [.day1, .hour4]) -> FeedBuilder {
        FeedBuilder(.init(instruments: [Self.ether, Self.bitcoin], base: .hour1, higher: higher))
    }

    func kinds(_ batch: Batch) -> [Anomaly.Kind] {
        batch.events.compactMap { if case .anomaly(let anomaly) = $0.message { anomaly.kind } else { nil } }
    }

    func candles(_ batch: Batch) -> [String] {
        batch.events.compactMap {
            if case .candle(let candle) = $0.message {
                "\(candle.instrument.base) \(candle.timeframe.rawValue)"
            } else {
                nil
            }
        }
    }

    @Test("Controls come first, then base candles, then longer ones, then anomalies, then the watermark")
    func order() throws {
        var feed = builder()
        for start in 20..<24 {
            feed.accept([row(start, instrument: "binance.ETH-USDT", volume: start == 23 ? 0 : 1), row(start)])
            if start < 23 { _ = feed.closeBatch(at: hour(start + 1)) }
        }
        feed.place(Control(id: "one", change: .tradingStateChanged(.halted, reason: "test")))
        let batch = feed.closeBatch(at: hour(24))
        #expect(batch.events.first?.message.kind == .control)
        #expect(candles(batch) == ["BTC 1h", "ETH 1h", "BTC 4h", "ETH 4h", "BTC 1d", "ETH 1d"])
        #expect(batch.events.last?.message.kind == .anomaly)
        #expect(kinds(batch) == [.zeroVolume])
        #expect(batch.watermark.time == hour(24))
    }

    @Test("Events and watermarks share one numbering without holes, from 1 on")
    func numbering() {
        var feed = builder()
        var expected = FeedPosition.start
        var previous = FeedPosition.start
        for start in 0..<50 {
            if start % 7 != 3 { feed.accept([row(start)]) }
            let batch = feed.closeBatch(at: hour(start + 1))
            for event in batch.events {
                expected = expected.next
                #expect(event.position == expected && event.trace == expected)
            }
            expected = expected.next
            #expect(batch.watermark.position == expected)
            #expect(batch.watermark.previous == previous)
            previous = expected
        }
        #expect(feed.state.nextPosition == expected.next && feed.state.watermark == previous)
    }

    @Test("A candle waits for its watermark")
    func waits() {
        var feed = builder([])
        feed.accept([row(0), row(1)])
        let batches = (1...3).map { feed.closeBatch(at: hour($0)) }
        #expect(batches.map(candles) == [["BTC 1h"], ["BTC 1h"], []])
    }

    @Test("A longer candle comes with the watermark that reaches its end, though its last part is missing")
    func longerWithHoles() {
        var feed = builder([.hour4])
        feed.accept([row(1), row(2)])
        let batches = [3, 4, 8].map { feed.closeBatch(at: hour($0)) }
        #expect(batches.map(candles) == [["BTC 1h", "BTC 1h"], ["BTC 4h"], []])
    }

    @Test("A batch over several moments keeps their order")
    func severalMoments() {
        var feed = builder([.hour4])
        feed.accept([row(2), row(3), row(4), row(5)])
        feed.accept([row(3, instrument: "binance.ETH-USDT")])
        let batch = feed.closeBatch(at: hour(8))
        #expect(
            candles(batch)
                == ["BTC 1h", "BTC 1h", "ETH 1h", "BTC 4h", "ETH 4h", "BTC 1h", "BTC 1h", "BTC 4h"])
    }

    @Test(
        "Each flaw of a row has its anomaly, and only a valid row is kept",
        arguments: [
            (row(0, high: 100.5), Anomaly.Kind.ohlcViolation),
            (row(0, low: 100.5), .ohlcViolation),
            (row(0, low: 0), .malformed),
            (row(0, open: .nan), .malformed),
            (row(0, high: .infinity), .malformed),
            (row(0, volume: -1), .malformed),
            (row(0, volume: .nan), .malformed),
            (row(0, timeframe: .hour4), .malformed),
            (row(0, instrument: "binance.DOGE-USDT"), .unknownInstrument),
            (row(0, instrument: "no name"), .unknownInstrument),
            (
                CandleRow(
                    instrument: "binance.BTC-USDT", timeframe: .hour1, openMilliseconds: 1, open: 1, high: 1, low: 1,
                    close: 1, volume: 1, source: .file), .malformed
            ),
            (
                CandleRow(
                    instrument: "binance.BTC-USDT", timeframe: .hour1, openMilliseconds: .max, open: 1, high: 1, low: 1,
                    close: 1, volume: 1, source: .file), .malformed
            ),
        ])
    func flaws(bad: CandleRow, kind: Anomaly.Kind) {
        var feed = builder()
        feed.accept([bad, row(0)])
        let batch = feed.closeBatch(at: hour(1))
        #expect(kinds(batch) == [kind])
        #expect(candles(batch) == ["BTC 1h"])
    }

    @Test("Candles without trades are kept and reported")
    func zeroVolume() {
        var feed = builder()
        feed.accept([row(0, volume: 0)])
        let batch = feed.closeBatch(at: hour(1))
        #expect(kinds(batch) == [.zeroVolume] && candles(batch) == ["BTC 1h"])
    }

    @Test("A gap is reported with its start and its length when the next candle comes")
    func gap() throws {
        var feed = builder()
        feed.accept([row(0)])
        _ = feed.closeBatch(at: hour(1))
        let silent = feed.closeBatch(at: hour(4))
        #expect(kinds(silent).isEmpty)
        feed.accept([row(4)])
        let batch = feed.closeBatch(at: hour(5))
        guard case .anomaly(let anomaly)? = batch.events.last?.message else {
            Issue.record("no anomaly")
            return
        }
        #expect(anomaly.kind == .gap && anomaly.count == 3 && anomaly.time == hour(1))
        feed.accept([row(5)])
        let next = feed.closeBatch(at: hour(6))
        #expect(kinds(next).isEmpty)
    }

    @Test("Duplicates, late candles and candles out of order are told apart, and dropped")
    func disorder() {
        var feed = builder([])
        feed.accept([row(0), row(0, close: 100)])
        var batch = feed.closeBatch(at: hour(1))
        #expect(kinds(batch) == [.duplicate] && candles(batch) == ["BTC 1h"])
        _ = feed.closeBatch(at: hour(3))
        feed.accept([row(0), row(2), row(5), row(4), row(5)])
        batch = feed.closeBatch(at: hour(6))
        #expect(kinds(batch) == [.duplicate, .late, .gap, .outOfOrder, .duplicate])
        #expect(candles(batch) == ["BTC 1h"])
        feed.accept([row(4), row(5)])
        batch = feed.closeBatch(at: hour(7))
        #expect(kinds(batch) == [.late, .duplicate])
    }

    @Test("A control that is placed twice is in the feed once")
    func controlOnce() {
        var feed = builder()
        let control = Control(id: "swap", change: .modelActivated(alias: "champion", version: "2"))
        feed.place(control)
        feed.place(control)
        let first = feed.closeBatch(at: hour(1))
        feed.place(control)
        let second = feed.closeBatch(at: hour(2))
        #expect(first.events.map(\.message) == [.control(control)])
        #expect(second.events.isEmpty)
    }

    @Test("A line that cannot be read is an anomaly of the next batch")
    func malformed() {
        var feed = builder()
        feed.accept(malformed: [MalformedRow(instrument: "binance.BTC-USDT", timeframe: .hour1, line: 7, reason: "x")])
        let batch = feed.closeBatch(at: hour(1))
        #expect(kinds(batch) == [.malformed])
    }

    @Test("A builder restored from its encoded state goes on bit for bit", arguments: [3, 20, 41])
    func resume(at cut: Int) throws {
        func step(_ feed: inout FeedBuilder, _ start: Int) -> Batch {
            if start % 5 != 2 {
                feed.accept([row(start, volume: Double(start % 3)), row(start + 1, instrument: "binance.ETH-USDT")])
            }
            if start % 11 == 0 { feed.accept([row(start - 1)]) }
            if start % 9 == 0 {
                feed.place(Control(id: "\(start / 18)", change: .tradingStateChanged(.active, reason: "")))
            }
            return feed.closeBatch(at: hour(start + 1))
        }
        var whole = builder()
        var batches: [Batch] = []
        for start in 1..<60 { batches.append(step(&whole, start)) }
        var first = builder()
        for start in 1..<cut { _ = step(&first, start) }
        let data = try PropertyListEncoder().encode(first.state)
        let state = try PropertyListDecoder().decode(FeedBuilder.State.self, from: data)
        var second = try #require(FeedBuilder(first.settings, state: state))
        for start in cut..<60 {
            let batch = step(&second, start)
            #expect(batch == batches[start - 1])
        }
        #expect(second.state == whole.state)
        #expect(FeedBuilder(.init(instruments: [Self.bitcoin], base: .hour1, higher: []), state: state) == nil)
    }
}
