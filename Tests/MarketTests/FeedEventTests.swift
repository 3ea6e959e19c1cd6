import Market
import Pipeline
import Schema
import Testing

@Suite("Events of the feed between candles")
struct FeedEventTests {
    private let instrument = Instrument("test.AAA-USD")
    private let hour = Timeframe.hour1.nanoseconds

    private func moment(_ hours: Double) -> UnixNanos { UnixNanos(Int64(hours * Double(hour))) }

    private func builder() -> FeedBuilder {
        FeedBuilder(.init(instruments: [instrument], base: .hour1, higher: [.hour4]))
    }

    private func row(_ open: Int) -> CandleRow {
        CandleRow(
            instrument: instrument.name, timeframe: .hour1, openMilliseconds: Int64(open) * 3_600_000, open: 10,
            high: 11,
            low: 9, close: 10, volume: 1, source: .file)
    }

    private func trade(_ id: String, at hours: Double) throws -> MarketEvent {
        .trade(
            try Trade(
                instrument: instrument, id: id, price: 10, quantity: 1, aggressor: .buyer, eventTime: moment(hours),
                receiveTime: moment(hours)))
    }

    private func funding(_ value: Double, knownAt hours: Double, of instrument: Instrument? = nil) throws -> MarketEvent
    {
        .side(
            try SideValue(
                series: .fundingRate, instrument: instrument ?? self.instrument, value: value,
                time: moment(hours - 0.5),
                knownAt: moment(hours)))
    }

    /// What stands in a batch, in few words.
    private func words(_ batch: Batch) -> [String] {
        batch.events.map { event in
            switch event.message {
            case .candle(let candle): "\(candle.timeframe.rawValue)"
            case .trade(let trade): trade.id
            case .side(let value): "funding \(value.value)"
            case .anomaly(let anomaly): "\(anomaly.kind.rawValue) \(anomaly.detail.prefix { $0 != ":" })"
            default: "\(event.message.kind)"
            }
        }
    }

    @Test("A trade stands before the candle that it belongs to, a value before the first candles that may see it")
    func order() throws {
        var builder = builder()
        builder.accept([row(0), row(1), row(2), row(3)])
        // A trade at the very close belongs to the next candle; a value known then is known.
        builder.accept([
            try trade("second", at: 2), try trade("first", at: 1.5), try funding(1, knownAt: 2),
            try trade("early", at: 0.1),
            try trade("after", at: 4.5),
        ])
        let batch = builder.closeBatch(at: moment(4))
        #expect(words(batch) == ["early", "1h", "first", "funding 1.0", "1h", "second", "1h", "1h", "4h"])
        #expect(batch.events.map(\.position.rawValue) == Array(1...9))
        #expect(words(builder.closeBatch(at: moment(5))) == ["after"])
    }

    @Test("What comes after its watermark is late, and what nobody asked for is unknown; neither gets in")
    func refused() throws {
        var builder = builder()
        builder.accept([row(0)])
        _ = builder.closeBatch(at: moment(1))
        builder.accept([
            try trade("late", at: 0.9), try trade("in time", at: 1), try funding(2, knownAt: 1),
            try funding(3, knownAt: 1.5, of: Instrument("test.BBB-USD")),
        ])
        #expect(
            words(builder.closeBatch(at: moment(2))) == [
                "in time", "late trade", "late side", "unknownInstrument side",
            ])
    }

    @Test("Batches of several moments hold the events of batches of one, in the same order")
    func batching() throws {
        func events(closingAt moments: [Double]) throws -> [String] {
            var builder = builder()
            builder.accept((0..<6).map { row($0) })
            var random = SplitMix64(seed: 4)
            builder.accept(
                try (0..<100).map { try trade("\($0)", at: Double(random.next() % 6000) / 1000) })
            return moments.flatMap { words(builder.closeBatch(at: moment($0))) }
        }
        let one = try events(closingAt: [1, 2, 3, 4, 5, 6])
        #expect(one.count == 107)
        #expect(try events(closingAt: [6]) == one)
        #expect(try events(closingAt: [3, 6]) == one)
    }
}
