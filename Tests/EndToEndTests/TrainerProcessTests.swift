import Foundation
import Market
import Models
import Pipeline
import Schema
import Store
import Synthetic
import TestKit
import Testing

@Suite("Trainer process", .timeLimit(.minutes(3)))
struct TrainerProcessTests {
    private static let instruments = [Instrument("binance.BTC-USDT"), Instrument("binance.ETH-USDT")]

    /// A made-up feed, numbered and stored as the ingestor would.
    private static func storeFeed(bars: Int, in connection: PostgresConnection) throws {
        let start = UnixNanos(seconds: 1_672_531_200)
        var market = RegimeSwitchingMarket(
            RegimeSwitchingMarket.Settings(
                instruments: instruments.map {
                    SyntheticInstrument($0, price: 1000, tick: 0.01, hourlyVolume: 100, lot: 0.001)
                }, timeframe: .hour1, start: start), seed: 5)
        var builder = FeedBuilder(FeedBuilder.Settings(instruments: instruments, base: .hour1, higher: [.hour4]))
        var sequencer = Sequencer()
        var batches: [LogBatch] = []
        for _ in 0..<bars {
            builder.accept(market.next().map { CandleRow($0) })
            let batch = builder.closeBatch(at: market.nextOpenTime)
            batches.append(sequencer.number(batch.events, closing: batch.watermark))
        }
        try FeedLog(connection).append(batches)
    }

    private static func submit(_ connection: PostgresConnection) throws -> Int64 {
        let request = try TrainingRequest(
            model: .lstm, seed: 3, instruments: instruments, timeframe: .hour1, higher: [.hour4])
        return try JobQueue(connection).submit(
            TrainingRequest.jobKind, payload: JSONText(request.json()), key: "end to end")
    }

    private static func trainer(_ url: String, _ folder: String) throws -> ServiceProcess {
        try ServiceProcess(
            "trainer", ["--database-url", url, "--bus-folder", folder, "--trainer-lease", "2"], in: folder)
    }

    /// Kills a trainer as soon as its job has a checkpoint.
    ///
    /// On a thread of its own, since the tests beside this one may keep all others busy until the training is over.
    ///
    /// - Returns: How far the job was.
    private static func cut(_ process: Int32, inTheMiddleOf job: Int64, _ url: String) async throws -> Double {
        try await withCheckedThrowingContinuation { continuation in
            Thread {
                continuation.resume(
                    with: Result {
                        let connection = try PostgresConnection(url)
                        for _ in 0..<60_000 {
                            if let reached = try JobQueue(connection).job(job)?.progress, reached > 0 {
                                kill(process, SIGKILL)
                                return reached
                            }
                            usleep(1000)
                        }
                        return 0
                    })
            }.start()
        }
    }

    /// Waits for the job's end.
    private static func version(of job: Int64, _ connection: PostgresConnection) async throws -> ModelVersion {
        let ended = try await eventually("the job ends") {
            try JobQueue(connection).job(job).flatMap { $0.state == .done || $0.state == .failed ? $0 : nil }
        }
        #expect(ended.state == .done, "\(ended.error ?? "")")
        let id = try #require(try ModelRegistry(connection).summaries().last?.id)
        return try #require(try ModelRegistry(connection).version(id))
    }

    private static func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }

    @Test("A model whose trainer was killed in the middle is the model of an undisturbed training, bit for bit")
    func killed() async throws {
        let undisturbed = try await Self.withFolder { folder in
            try await PostgresFixture.withDatabase { url in
                let connection = try PostgresConnection(url)
                try Self.storeFeed(bars: 700, in: connection)
                let job = try Self.submit(connection)
                let trainer = try Self.trainer(url, folder)
                let version = try await Self.version(of: job, connection)
                #expect(try JobQueue(connection).job(job)?.attempts == 1)
                #expect(trainer.stop() == 0, "\(trainer.log)")
                return version
            }
        }
        let disturbed = try await Self.withFolder { folder in
            try await PostgresFixture.withDatabase { url in
                let connection = try PostgresConnection(url)
                try Self.storeFeed(bars: 700, in: connection)
                let job = try Self.submit(connection)
                let first = try Self.trainer(url, folder)
                let reached = try await Self.cut(first.processID, inTheMiddleOf: job, url)
                first.cut()
                let left = try #require(try JobQueue(connection).job(job))
                try #require(
                    left.state == .leased && reached > 0 && reached < 1, "it was killed too late: \(first.log)")
                #expect(try ModelRegistry(connection).summaries().isEmpty)

                let second = try Self.trainer(url, folder)
                let version = try await Self.version(of: job, connection)
                let done = try #require(try JobQueue(connection).job(job))
                #expect(done.attempts == 2)
                #expect(second.log.contains(#""job.progress":"\#(left.progress)""#), "it went on where the first was")
                #expect(!second.log.contains("training begins anew"))
                // The first one's row went with it.
                #expect(try StatusStore(connection).all().map(\.processID) == [second.processID])
                #expect(second.stop() == 0, "\(second.log)")
                return version
            }
        }
        #expect(disturbed.id == undisturbed.id)
        #expect(disturbed.weights == undisturbed.weights)
        #expect(disturbed.metrics == undisturbed.metrics)
    }
}
