import Bus
import Logging
import Pipeline
import Schema
import Synchronization
import Testing

@testable import ServiceKit

@Suite("Input watch")
struct InputWatchTests {
    private static let bitcoin = Instrument("binance.BTC-USDT")
    private static let step = Timeframe.hour1.nanoseconds

    /// Batches as a publisher would send them: `count` candles and the watermark.
    private static func items(_ batches: Int, of count: Int, run: UInt64 = 1) throws -> [BusItem] {
        var (sequencer, position): (Sequencer, UInt64) = (Sequencer(), 0)
        var items: [BusItem] = []
        for number in 1...batches {
            let previous = FeedPosition(position)
            let events = try (0..<count).map { _ in
                position += 1
                return Event(
                    position: FeedPosition(position),
                    .candle(
                        try Candle(
                            instrument: bitcoin, timeframe: .hour1, openTime: UnixNanos(Int64(position) * step),
                            open: 1,
                            high: 1, low: 1, close: 1, volume: 1)))
            }
            position += 1
            let batch = sequencer.number(
                events,
                closing: Watermark(position: FeedPosition(position), previous: previous, time: UnixNanos(Int64(number)))
            )
            func envelope(_ sequence: UInt64) -> Envelope {
                Envelope(
                    version: 1, kind: 1, ordinal: 0, publisher: run, sequence: sequence, position: .start,
                    trace: .start,
                    eventTime: UnixNanos(0), sentTime: UnixNanos(seconds: 100))
            }
            items += batch.entries.map { .entry($0, envelope($0.sequence)) }
            items.append(.watermark(batch.watermark, number: batch.number, envelope(batch.number)))
        }
        return items
    }

    private static let now = UnixNanos(seconds: 102)

    @Test(
        "What comes in order misses nothing; the seconds since each watermark was sent are told, and never below zero")
    func inOrder() throws {
        var (watch, latencies): (InputWatch, [Double]) = (InputWatch("ingestor"), [])
        latencies += try Self.items(3, of: 2).compactMap { watch.see($0, at: Self.now) }
        latencies += try Self.items(1, of: 0, run: 2).compactMap { watch.see($0, at: UnixNanos(seconds: 1)) }
        #expect(watch.received == 10 && watch.missing == 0)
        #expect(latencies == [2, 2, 2, 0])
    }

    @Test("For any messages lost between others, so many are missing", arguments: 0..<30)
    func lost(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let all = try Self.items(20, of: 3)
        // The first of each topic and the last batch arrive, so that every loss lies between two that did.
        let arrived = all.enumerated().filter { index, _ in
            index < 4 || index >= 76 || Bool.random(using: &random)
        }.map(\.element)
        var watch = InputWatch("ingestor")
        for item in arrived { _ = watch.see(item, at: Self.now) }
        #expect(watch.received + watch.missing == 80)
        #expect(seed > 0 || watch.missing > 10)
    }

    @Test("Another run of the publisher misses nothing, and a heartbeat tells of watermarks lost at the end")
    func restart() throws {
        var watch = InputWatch("ingestor")
        for item in try Self.items(5, of: 1) { _ = watch.see(item, at: Self.now) }
        for item in try Self.items(9, of: 1, run: 2).suffix(2) { _ = watch.see(item, at: Self.now) }
        #expect(watch.missing == 0)
        let heartbeat = Envelope(
            version: 1, kind: Envelope.heartbeatKind, ordinal: 0, publisher: 2, sequence: 12, position: .start,
            trace: .start, eventTime: UnixNanos(0), sentTime: UnixNanos(0))
        _ = watch.see(.heartbeat(head: FeedPosition(40), heartbeat), at: Self.now)
        #expect(watch.missing == 3)
    }
}

/// Keeps what was logged.
private final class LogLines: Sendable {
    private let kept = Mutex<[(level: Logger.Level, message: String, metadata: Logger.Metadata)]>([])

    var all: [(level: Logger.Level, message: String, metadata: Logger.Metadata)] { kept.withLock { $0 } }
    fileprivate func add(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) {
        kept.withLock { $0.append((level, message, metadata)) }
    }

    func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "test") { _ in Handler(lines: self) }
        logger.logLevel = level
        return logger
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.add(event.level, event.message.description, event.metadata ?? [:]) }
    }
}

@Suite("Trace log")
struct TraceLogTests {
    private static func batch() throws -> LogBatch {
        let bitcoin = Instrument("binance.BTC-USDT")
        let order = try Order(
            clientID: "tg1", decisionID: "m/1", instrument: bitcoin, side: .buy, quantity: Decimal12(1),
            time: UnixNanos(0))
        let messages: [Message] = [
            .candle(
                try Candle(
                    instrument: bitcoin, timeframe: .hour1, openTime: UnixNanos(0), open: 1, high: 1, low: 1, close: 1,
                    volume: 1)),
            .control(Control(id: "risk/1", change: .tradingStateChanged(.halted, reason: ""))),
            .prediction(
                Prediction(
                    model: "m", role: .champion, instrument: bitcoin, timeframe: .hour1, openTime: UnixNanos(0),
                    asOf: UnixNanos(0), featureSet: FeatureSetID(1), probability: 0.6, signal: 1, confidence: 0.2,
                    referencePrice: 1, volatility: 0.1)),
            .decision(
                Decision(
                    model: "m", instrument: bitcoin, openTime: UnixNanos(0), time: UnixNanos(0), state: .active,
                    action: .buy,
                    targetQuantity: Decimal12(1), orderQuantity: Decimal12(1),
                    verdicts: [Decision.Verdict(rule: "order-rate", passed: false, value: 2, limit: 1)])),
            .order(order),
            .orderEvent(
                OrderEvent(
                    clientID: "tg1", instrument: bitcoin, number: 1, state: .filled, filledQuantity: Decimal12(1),
                    time: UnixNanos(0))),
            .fill(
                Fill(
                    id: "tg1/1", clientID: "tg1", instrument: bitcoin, side: .buy, quantity: Decimal12(1),
                    price: Decimal12(2), fee: .zero, time: UnixNanos(0))),
            .metric(Metric(name: "x", label: "all", time: UnixNanos(0), value: 1)),
        ]
        var sequencer = Sequencer()
        return sequencer.number(
            messages.map { Event(position: FeedPosition(9), trace: FeedPosition(7), $0) },
            closing: Watermark(position: FeedPosition(9), previous: .start, time: UnixNanos(0)))
    }

    @Test("Every step of a chain carries its trace and its place; orders and fills are told at info, the rest at debug")
    func steps() throws {
        for (level, expected) in [
            (
                Logger.Level.debug,
                ["candle", "control", "prediction", "decision", "order", "order filled", "fill"]
            ),
            (.info, ["control", "order", "order filled", "fill"]), (.warning, []),
        ] {
            let lines = LogLines()
            TraceLog(lines.logger(level)).note(try Self.batch())
            #expect(lines.all.map(\.message) == expected)
            for line in lines.all {
                #expect(line.metadata["trace.id"] == "7" && line.metadata["feed.position"] == "9", "\(line.message)")
            }
        }
        let lines = LogLines()
        TraceLog(lines.logger(.debug)).note(try Self.batch())
        #expect(lines.all[3].metadata["decision.failed"] == "order-rate")
        #expect(lines.all.dropFirst(4).allSatisfy { $0.metadata["order.id"] == "tg1" })
    }
}
