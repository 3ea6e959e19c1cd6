import Bus
import Foundation
import Pipeline
import Schema

@testable import Tidegate

/// Folders of one's own for sockets and files.
enum TemporaryFolder {
    static func make() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }
}

/// A feed as an ingestor would number it.
enum SampleFeed {
    static let instruments = [Instrument("binance.BTC-USDT"), Instrument("binance.ETH-USDT")]

    /// Batch after batch of candles, with a control now and then and sometimes nothing at all.
    static func batches(_ count: Int) throws -> [LogBatch] {
        var sequencer = Sequencer()
        var position = FeedPosition.start
        return try (0..<count).map { index in
            let previous = position
            let time = UnixNanos(seconds: 1_700_000_040 + Int64(index) * 60)
            var events: [Event] = []
            for instrument in instruments.prefix(index % 3) {
                position = position.next
                let candle = try Candle(
                    instrument: instrument, timeframe: .minute1, openTime: time, open: 1, high: 4, low: 0.5,
                    close: Double(index + 1) / 1000 + 0.5, volume: 3, source: .exchange)
                events.append(Event(position: position, .candle(candle)))
            }
            if index % 10 == 9 {
                position = position.next
                events.append(
                    Event(
                        position: position,
                        .control(Control(id: "c\(index)", change: .tradingStateChanged(.halted, reason: "drill")))))
            }
            position = position.next
            let watermark = Watermark(position: position, previous: previous, time: time.advanced(by: 60_000_000_000))
            return sequencer.number(events, closing: watermark)
        }
    }

    static func record(_ batches: [LogBatch], to path: String, service: String = "ingestor") throws {
        let information = RecordingInformation(service: service, recordedAt: UnixNanos(0))
        var writer = try RecordingWriter(creating: path, information: information.text)
        for batch in batches { try writer.append(batch, publisher: 7, sentTime: UnixNanos(42)) }
        try writer.close()
    }

    static func read(_ path: String) throws -> [LogBatch] {
        var reader = try RecordingReader(path: path)
        var batches: [LogBatch] = []
        while let batch = try reader.nextBatch() { batches.append(batch) }
        return batches
    }
}

/// An ingestor without source and database: a ``Pipeline/FeedNode`` over batches that it holds.
final class FakeIngestor {
    let publisher: LogPublisher
    private let all: [LogBatch]
    private let poller: Poller
    private(set) var published = 0

    init(_ batches: [LogBatch], endpoint: Endpoint, context: ZMQContext) throws {
        all = batches
        publisher = try LogPublisher(context: context, endpoint: endpoint, run: UInt64(batches.count))
        poller = Poller(subscribers: [], publisher: publisher)
    }

    /// Publishes the next batches live, for who listens by now.
    func publish(_ count: Int) throws {
        for batch in all[published..<min(all.count, published + count)] {
            try publisher.publish(batch, sentTime: UnixNanos(1))
            published += 1
        }
    }

    /// Counts as published what nobody heard.
    func skip(_ count: Int) { published = min(all.count, published + count) }

    /// Answers who asks, with a few batches each time.
    func answer(forgotten: Int = 0) throws {
        guard try poller.wait(timeout: .milliseconds(1)).hasRequests else { return }
        var requests: [LogPublisher.Request] = []
        var refused: [BusError] = []
        try publisher.receiveRequests(into: &requests, refused: &refused)
        for request in requests {
            guard case .batches(_, let after, let limit) = request.request else { continue }
            let known = all[forgotten..<max(forgotten, published)]
            let found = known.filter { $0.watermark.previous >= after }.prefix(min(limit, 7))
            let head = published > 0 ? all[published - 1].watermark.position : .start
            try publisher.reply(
                to: request.peer, RecoveryPage(batches: Array(found), head: head), sentTime: UnixNanos(1))
        }
    }
}
