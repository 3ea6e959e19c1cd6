import Evaluation
import Foundation
import Market
import Models
import Pipeline
import Schema
import Store
import Synthetic
import TestKit
import TestTraits
import Testing

@Suite("Trainer process", .timeLimit(.minutes(20)), .processes)
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

    private static func submit(_ connection: PostgresConnection, promote: String? = nil) throws -> Int64 {
        let request = try TrainingRequest(
            model: "lstm", settings: #"{"training":{"epochs":6,"patience":6}}"#, seeds: [3, 4],
            instruments: instruments, timeframe: .hour1, higher: [.hour4], quick: true, promote: promote)
        return try JobQueue(connection).submit(
            TrainingRequest.jobKind, payload: JSONText(request.json()), key: "end to end")
    }

    private static func trainer(_ url: String, _ folder: String) throws -> ServiceProcess {
        try ServiceProcess(
            "trainer", ["--database-url", url, "--bus-folder", folder, "--trainer-lease", "2"], in: folder)
    }

    /// Kills a trainer as soon as a fit of an LSTM that it holds is in the middle.
    ///
    /// On a thread of its own, since the tests beside this one may keep all others busy until the fit is over.
    ///
    /// - Returns: The fit's job.
    private static func cut(
        _ process: Int32, of training: Int64, _ url: String, butNot earlier: Job? = nil
    ) async throws -> Job? {
        try await withCheckedThrowingContinuation { continuation in
            Thread {
                continuation.resume(
                    with: Result {
                        let queue = JobQueue(try PostgresConnection(url))
                        for _ in 0..<60_000 {
                            for job in try queue.children(of: training)
                            where job.state == .leased && job.progress > 0 && job.id != earlier?.id {
                                kill(process, SIGKILL)
                                // What was reached may have moved on since it was looked at.
                                return try queue.job(job.id)
                            }
                            usleep(1000)
                        }
                        return nil
                    })
            }.start()
        }
    }

    /// What a training leaves behind.
    private struct Remains: Equatable {
        let version: ModelVersion
        /// The honest table, as the job's result.
        let table: JSONText
        let trials: [String]
        let fits: Int
    }

    /// Waits for the training's end.
    private static func result(of training: Int64, _ connection: PostgresConnection) async throws -> Remains {
        let queue = JobQueue(connection)
        let ended = try await eventually("the training ends") {
            try queue.job(training).flatMap { $0.state == .done || $0.state == .failed ? $0 : nil }
        }
        #expect(ended.state == .done, "\(ended.error ?? "")")
        let summaries = try ModelRegistry(connection).summaries()
        #expect(summaries.count == 1)
        let id = try #require(summaries.last).id
        let version = try #require(try ModelRegistry(connection).version(id))
        let fits = try queue.children(of: training)
        let trials = try fits.flatMap { fit in
            try TrialStore(connection).trials(job: fit.id).map {
                "\($0.model) \($0.fold) \($0.seed ?? 0) \($0.metrics.rawValue) \($0.sharpe?.description ?? "")"
            }
        }
        #expect(try fits.allSatisfy { try queue.output(of: $0.id) == nil }, "nobody needs the parts any more")
        return Remains(
            version: version, table: try #require(ended.result), trials: trials.sorted(), fits: fits.count)
    }

    private static func withTraining<R>(
        _ body: (PostgresConnection, _ url: String, _ folder: String) async throws -> R
    ) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try storeFeed(bars: 700, in: connection)
            return try await body(connection, url, folder.path)
        }
    }

    @Test(
        "One trainer, two of which one is killed twice in the middle of a fit, and four come to the same, bit for bit")
    func fleet() async throws {
        let alone = try await Self.withTraining { connection, url, folder in
            let training = try Self.submit(connection)
            let trainer = try Self.trainer(url, folder)
            let result = try await Self.result(of: training, connection)
            #expect(try JobQueue(connection).children(of: training).allSatisfy { $0.attempts == 1 })
            #expect(trainer.stop() == 0, "\(trainer.log)")
            return result
        }
        // Three folds, in each two seeds and two baselines, and the version.
        #expect(alone.fits == 13 && alone.trials.count == 13)
        #expect(alone.table.rawValue.contains(#""verdict""#))
        let importance = try #require(alone.version.metrics.decoded(as: TableSummary.self).importance)
        let permutation = try #require(importance.permutation)
        #expect(permutation.samples >= 20 && permutation.features.count > 20 && importance.own.isEmpty)
        #expect(permutation.features.contains { $0.mean != 0 && $0.sd > 0 })

        let disturbed = try await Self.withTraining { connection, url, folder in
            let training = try Self.submit(connection)
            var (trainers, last): ([ServiceProcess], Job?) = ([], nil)
            for _ in 0..<2 {
                let trainer = try Self.trainer(url, folder)
                last = try await Self.cut(trainer.processID, of: training, url, butNot: last)
                trainer.cut()
                let left = try #require(last, "\(trainer.log)")
                try #require(left.state == .leased && left.progress > 0 && left.progress < 1, "killed too late")
                #expect(try ModelRegistry(connection).summaries().isEmpty)
            }
            for _ in 0..<2 { trainers.append(try Self.trainer(url, folder)) }
            let result = try await Self.result(of: training, connection)
            let again = try JobQueue(connection).children(of: training).filter { $0.attempts > 1 }
            #expect(again.count >= 2)
            #expect(!trainers.contains { $0.log.contains("the fit begins anew") })
            for trainer in trainers { #expect(trainer.stop() == 0, "\(trainer.log)") }
            return result
        }
        #expect(disturbed == alone)

        let many = try await Self.withTraining { connection, url, folder in
            let trainers = try (1...4).map { _ in try Self.trainer(url, folder) }
            let result = try await Self.result(of: Self.submit(connection), connection)
            for trainer in trainers { #expect(trainer.stop() == 0, "\(trainer.log)") }
            return result
        }
        #expect(many == alone)
    }

    @Test("A training that cannot be divided, and one of which a fit cannot be made, fail with the reason")
    func failing() async throws {
        try await Self.withTraining { connection, url, folder in
            let queue = JobQueue(connection)
            let trainer = try Self.trainer(url, folder)
            func failed(_ id: Int64) async throws -> String {
                try await eventually("the training fails") { try queue.job(id).flatMap { $0.error } }
            }
            let short = try TrainingRequest(
                model: "tft", to: UnixNanos(seconds: 1_672_531_200 + 200 * 3600), instruments: Self.instruments,
                timeframe: .hour1, higher: [.hour4], quick: true)
            let first = try queue.submit(TrainingRequest.jobKind, payload: JSONText(short.json()), key: "short")
            let few = try await failed(first)
            #expect(few.contains("too little history"), "\(few)")

            // A rate of learning with which no loss stays finite.
            let wild = try TrainingRequest(
                model: "logistic-regression",
                settings: #"{"training":{"learningRate":1e30,"schedule":{"constant":{}}}}"#,
                instruments: Self.instruments, timeframe: .hour1, higher: [.hour4], quick: true)
            let second = try queue.submit(TrainingRequest.jobKind, payload: JSONText(wild.json()), key: "wild")
            let reason = try await failed(second)
            #expect(reason.hasPrefix("logistic-regression, fold 1, seed 1: "), "\(reason)")
            #expect(try ModelRegistry(connection).summaries().isEmpty)
            #expect(trainer.stop() == 0, "\(trainer.log)")
        }
    }
}
