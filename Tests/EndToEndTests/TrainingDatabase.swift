import Evaluation
import Foundation
import Market
import Models
import Pipeline
import Schema
import Store
import Synthetic
import TestKit
import Testing

/// A database with a made-up feed, from which trainers in processes of their own learn.
struct TrainingDatabase {
    static let instruments = [Instrument("binance.BTC-USDT"), Instrument("binance.ETH-USDT")]

    let connection: PostgresConnection
    let url: String
    /// For sockets and logs.
    let folder: String

    /// Calls `body` with a database of its own.
    static func with<R>(_ body: (TrainingDatabase) async throws -> R) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            try storeFeed(bars: 700, in: connection)
            return try await body(TrainingDatabase(connection: connection, url: url, folder: folder.path))
        }
    }

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

    /// Asks for an LSTM that takes long enough to be killed in the middle.
    func submit(seeds: [UInt64], dataParallel: Int = 1) throws -> Int64 {
        try submit(
            TrainingRequest(
                model: "lstm", settings: #"{"training":{"epochs":6,"patience":6}}"#, seeds: seeds,
                instruments: Self.instruments, timeframe: .hour1, higher: [.hour4], quick: true,
                dataParallel: dataParallel), key: "end to end")
    }

    func submit(_ request: TrainingRequest, key: String) throws -> Int64 {
        try JobQueue(connection).submit(request.jobKind, payload: JSONText(request.json()), key: key)
    }

    func trainer() throws -> ServiceProcess {
        try ServiceProcess(
            "trainer", ["--database-url", url, "--bus-folder", folder, "--trainer-lease", "2"], in: folder)
    }

    /// What a training leaves behind.
    struct Remains: Equatable {
        let version: ModelVersion
        /// The honest table, as the job's result.
        let table: JSONText
        let trials: [String]
        let fits: Int
    }

    /// Waits for the training's end.
    func result(of training: Int64) async throws -> Remains {
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
}
