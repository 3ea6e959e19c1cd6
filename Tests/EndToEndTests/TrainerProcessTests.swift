import Evaluation
import Foundation
import Models
import Schema
import Store
import TestTraits
import Testing

@Suite("Trainer process", .timeLimit(.minutes(20)), .processes)
struct TrainerProcessTests {
    /// Kills a trainer as soon as a fit of an LSTM that it holds is in the middle.
    ///
    /// On a thread of its own, since the tests beside this one may keep all others busy until the fit is over.
    ///
    /// - Returns: The fit's job.
    private static func cut(
        _ process: Int32, of training: Int64, in database: TrainingDatabase, butNot earlier: Job? = nil
    ) async throws -> Job? {
        let url = database.url
        return try await withCheckedThrowingContinuation { continuation in
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

    @Test(
        "One trainer, two of which one is killed twice in the middle of a fit, and four come to the same, bit for bit")
    func fleet() async throws {
        let alone = try await TrainingDatabase.with { database in
            let training = try database.submit(seeds: [3, 4])
            let trainer = try database.trainer()
            let result = try await database.result(of: training)
            #expect(try JobQueue(database.connection).children(of: training).allSatisfy { $0.attempts == 1 })
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

        let disturbed = try await TrainingDatabase.with { database in
            let training = try database.submit(seeds: [3, 4])
            var (trainers, last): ([ServiceProcess], Job?) = ([], nil)
            for _ in 0..<2 {
                let trainer = try database.trainer()
                last = try await Self.cut(trainer.processID, of: training, in: database, butNot: last)
                trainer.cut()
                let left = try #require(last, "\(trainer.log)")
                try #require(left.state == .leased && left.progress > 0 && left.progress < 1, "killed too late")
                #expect(try ModelRegistry(database.connection).summaries().isEmpty)
            }
            for _ in 0..<2 { trainers.append(try database.trainer()) }
            let result = try await database.result(of: training)
            let again = try JobQueue(database.connection).children(of: training).filter { $0.attempts > 1 }
            #expect(again.count >= 2)
            #expect(!trainers.contains { $0.log.contains("the fit begins anew") })
            for trainer in trainers { #expect(trainer.stop() == 0, "\(trainer.log)") }
            return result
        }
        #expect(disturbed == alone)

        let many = try await TrainingDatabase.with { database in
            let trainers = try (1...4).map { _ in try database.trainer() }
            let result = try await database.result(of: database.submit(seeds: [3, 4]))
            for trainer in trainers { #expect(trainer.stop() == 0, "\(trainer.log)") }
            return result
        }
        #expect(many == alone)
    }

    @Test("A training that cannot be divided, and one of which a fit cannot be made, fail with the reason")
    func failing() async throws {
        try await TrainingDatabase.with { database in
            let queue = JobQueue(database.connection)
            let trainer = try database.trainer()
            func failed(_ id: Int64) async throws -> String {
                try await eventually("the training fails") { try queue.job(id).flatMap { $0.error } }
            }
            let short = try TrainingRequest(
                model: "tft", to: UnixNanos(seconds: 1_672_531_200 + 200 * 3600),
                instruments: TrainingDatabase.instruments,
                timeframe: .hour1, higher: [.hour4], quick: true)
            let first = try database.submit(short, key: "short")
            let few = try await failed(first)
            #expect(few.contains("too little history"), "\(few)")

            // A rate of learning with which no loss stays finite.
            let wild = try TrainingRequest(
                model: "logistic-regression",
                settings: #"{"training":{"learningRate":1e30,"schedule":{"constant":{}}}}"#,
                instruments: TrainingDatabase.instruments, timeframe: .hour1, higher: [.hour4], quick: true)
            let second = try database.submit(wild, key: "wild")
            let reason = try await failed(second)
            #expect(reason.hasPrefix("logistic-regression, fold 1, seed 1: "), "\(reason)")
            #expect(try ModelRegistry(database.connection).summaries().isEmpty)
            #expect(trainer.stop() == 0, "\(trainer.log)")
        }
    }
}
