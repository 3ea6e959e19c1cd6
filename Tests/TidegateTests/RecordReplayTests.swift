import ArgumentParser
import Bus
import Foundation
import Pipeline
import Schema
import ServiceKit
import Testing

@testable import Tidegate

/// How long a test waits for what must come, in nanoseconds; far more than it takes.
private let patience: Int64 = 30_000_000_000

@Suite("Record and replay", .timeLimit(.minutes(20)))
struct RecordReplayTests {
    private let folder: String
    private let context: ZMQContext
    private let endpoint: Endpoint
    private var file: String { folder + "/feed.tgr" }

    init() throws {
        folder = try TemporaryFolder.make()
        context = try ZMQContext()
        endpoint = try Endpoint(parsing: "ipc://\(folder)/ingestor")
    }

    private func recorder(_ path: String? = nil, service: String = "ingestor", at place: Endpoint? = nil) throws
        -> LogRecorder
    {
        try LogRecorder(
            path: path ?? file, service: service, endpoints: EndpointList([place ?? endpoint]), context: context)
    }

    /// Lets both sides run until `isEnough`.
    private func run(_ recorder: LogRecorder, until isEnough: () -> Bool, _ other: () throws -> Void) throws {
        let begin = WallClock.monotonic
        while !isEnough() {
            try other()
            try recorder.turn(timeout: .milliseconds(1))
            guard WallClock.monotonic - begin < patience else {
                Issue.record("stuck at \(recorder.summary)")
                return
            }
        }
    }

    @Test(
        "What was published before and while a recorder listens is recorded whole and in order, and replayed the same")
    func roundTrip() throws {
        let batches = try SampleFeed.batches(300)
        do {
            let ingestor = try FakeIngestor(batches, endpoint: endpoint, context: context)
            ingestor.skip(100)
            let recorder = try recorder()
            try run(recorder, until: { recorder.summary.batches == 300 }) {
                try ingestor.publish(3)
                try ingestor.answer()
            }
            try recorder.flush()
            #expect(recorder.summary.messages == batches.reduce(0) { $0 + $1.entries.count })
        }
        #expect(try SampleFeed.read(file) == batches)

        let again = try Endpoint(parsing: "ipc://\(folder)/again")
        // A ring that is smaller than the recording, so that the beginning must come out of the file.
        let feed = try ReplayFeed(
            path: file, endpoint: again, context: context, speed: .maximum, keepsPace: false, ringCapacity: 8)
        while !feed.isFinished { try feed.turn(timeout: .zero) }
        #expect(feed.published == 300 && feed.reached == batches.last?.watermark.time)
        let second = try recorder(folder + "/again.tgr", at: again)
        try run(second, until: { second.summary.batches == 300 }) { try feed.turn(timeout: .milliseconds(1)) }
        try second.flush()
        #expect(try SampleFeed.read(folder + "/again.tgr") == batches)
    }

    @Test("A recorder goes on where a recording ends, takes a torn end away, and records nothing twice")
    func resume() throws {
        let batches = try SampleFeed.batches(60)
        try SampleFeed.record(Array(batches.prefix(40)), to: file)
        // Cut in the middle of the last batch's watermark.
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
        let length = try handle.seekToEnd()
        try handle.truncate(atOffset: length - 5)
        try handle.close()
        guard case .truncated = try RecordingSummary(reading: file).tail else {
            Issue.record("the end is not torn")
            return
        }
        let ingestor = try FakeIngestor(batches, endpoint: endpoint, context: context)
        ingestor.skip(60)
        let recorder = try recorder()
        #expect(recorder.summary.batches == 39)
        try run(recorder, until: { recorder.summary.batches == 60 }) { try ingestor.answer() }
        try recorder.flush()
        #expect(try SampleFeed.read(file) == batches)
        #expect(try RecordingSummary(reading: file).tail == .complete)
    }

    @Test("A recording of another service is not gone on with")
    func otherService() throws {
        try SampleFeed.record(try SampleFeed.batches(3), to: file, service: "executor")
        #expect(throws: CommandFailure.self) { try recorder() }
        #expect(try RecordingSummary(reading: file).batches == 3)
    }

    @Test("A log whose beginning is gone is told, not recorded with a hole")
    func forgotten() throws {
        let ingestor = try FakeIngestor(try SampleFeed.batches(50), endpoint: endpoint, context: context)
        ingestor.skip(50)
        let recorder = try recorder()
        #expect(throws: CommandFailure.self) {
            try run(recorder, until: { false }) { try ingestor.answer(forgotten: 10) }
        }
        #expect(recorder.summary.batches == 0)
    }

    @Test("A replay waits for the ingestor's consumers, and knows when they have taken everything")
    func pace() throws {
        let batches = try SampleFeed.batches(300)
        try SampleFeed.record(batches, to: file)
        let feed = try ReplayFeed(
            path: file, endpoint: endpoint, context: context, speed: .maximum, ringCapacity: 10)
        for _ in 0..<20 { try feed.turn(timeout: .zero) }
        // What is taken at once may go beyond the ring, and then it waits.
        #expect(feed.published == 64 && !feed.isFinished)
        let consumers = Topology.consumers(of: Topology.ingestor)
        #expect(feed.behind == consumers)
        let subscribers = try consumers.map { _ in
            try LogSubscriber(context: context, endpoints: EndpointList([endpoint]))
        }
        let begin = WallClock.monotonic
        while !(feed.isFinished && feed.behind == [consumers[2]]), WallClock.monotonic - begin < patience {
            for (consumer, subscriber) in zip(consumers, subscribers).prefix(2) {
                try subscriber.request(
                    .acknowledge(consumer: consumer, upTo: try #require(batches.last).watermark.position))
            }
            try subscribers[2].request(.acknowledge(consumer: consumers[2], upTo: batches[298].watermark.position))
            try feed.turn(timeout: .milliseconds(1))
        }
        #expect(feed.isFinished && feed.behind == [consumers[2]])
        while !feed.behind.isEmpty, WallClock.monotonic - begin < patience {
            try subscribers[2].request(.acknowledge(consumer: consumers[2], upTo: batches[299].watermark.position))
            try feed.turn(timeout: .milliseconds(1))
        }
        #expect(feed.behind.isEmpty)
    }

    @Test("At 600x, a minute of the recording takes a tenth of a second, and the first batch is out at once")
    func speed() throws {
        try SampleFeed.record(try SampleFeed.batches(3), to: file)
        let feed = try ReplayFeed(
            path: file, endpoint: endpoint, context: context, speed: .times(600), keepsPace: false)
        let begin = WallClock.monotonic
        try feed.turn(timeout: .zero)
        #expect(feed.published == 1)
        while !feed.isFinished, WallClock.monotonic - begin < patience { try feed.turn(timeout: .milliseconds(1)) }
        #expect(feed.published == 3)
        #expect(WallClock.monotonic - begin >= 200_000_000)
    }

    @Test("Batches after any place of a recording are found, forwards and backwards, and none behind the head")
    func places() throws {
        let batches = try SampleFeed.batches(40)
        try SampleFeed.record(batches, to: file)
        let log = try RecordedLog(file)
        for (first, limit, head) in [(5, 3, 39), (20, 100, 29), (2, 2, 39), (0, 100, 39), (39, 1, 39)] {
            let after = first == 0 ? FeedPosition.start : batches[first - 1].watermark.position
            let found = try log.batches(after: after, limit: limit, upTo: batches[head].watermark.position)
            #expect(found == Array(batches[first...min(head, first + limit - 1)]))
        }
    }

    @Test("Only a whole recording of the ingestor, from the feed's beginning, is replayed")
    func refusals() throws {
        let batches = try SampleFeed.batches(9)
        try SampleFeed.record(batches, to: folder + "/other.tgr", service: "executor")
        #expect(throws: CommandFailure.self) {
            try ReplayFeed(path: folder + "/other.tgr", endpoint: endpoint, context: context, speed: .maximum)
        }
        try SampleFeed.record(Array(batches.dropFirst()), to: folder + "/late.tgr")
        let late = try ReplayFeed(
            path: folder + "/late.tgr", endpoint: Endpoint(parsing: "ipc://\(folder)/late"), context: context,
            speed: .maximum)
        #expect(throws: CommandFailure.self) { try late.turn(timeout: .zero) }
        try SampleFeed.record([batches[0], batches[2]], to: folder + "/hole.tgr")
        #expect(throws: CommandFailure.self) { try RecordingSummary(reading: folder + "/hole.tgr") }
    }

    @Test("A summary tells what is in a recording, with the same keys whatever is in it")
    func summary() throws {
        try SampleFeed.record(try SampleFeed.batches(10), to: file)
        let summary = try RecordingSummary(reading: file)
        #expect(summary.batches == 10 && summary.messages == 10 && summary.position == FeedPosition(20))
        let keys = try keys(summary)
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
        try handle.seek(toOffset: 300)
        try handle.write(contentsOf: Data([0xAA, 0xBB, 0xCC]))
        try handle.close()
        let damaged = try RecordingSummary(reading: file)
        guard case .corrupt(let offset) = damaged.tail else {
            Issue.record("\(damaged.tail)")
            return
        }
        #expect(offset <= 300 && damaged.batches < 10)
        #expect(try self.keys(damaged) == keys)
        #expect(try self.keys(RecordingSummary(RecordingInformation(service: "x", recordedAt: UnixNanos(0)))) == keys)
    }

    private func keys(_ summary: RecordingSummary) throws -> [String] {
        try JSONValue(parsing: JSONOutput.line(summary)).leaves.map(\.path)
    }

    @Test("Mistakes on the command line are told before anything is done")
    func arguments() throws {
        #expect(throws: (any Error).self) { try Record.parse(["f.tgr", "--service", "trainer"]) }
        #expect(throws: (any Error).self) { try Replay.parse(["f.tgr", "--speed", "fast"]) }
        #expect(throws: (any Error).self) { try Replay.parse(["f.tgr", "--endpoint", "nowhere"]) }
        let replay = try Replay.parse(["f.tgr", "--speed", "60x", "--endpoint", "tcp://127.0.0.1:5555"])
        #expect(replay.speed == "60x" && !replay.info)
        #expect(Replay.exitCode(for: ValidationError("")).rawValue == 64)
        #expect(Replay.exitCode(for: CommandFailure("")).rawValue == 1)
    }
}
