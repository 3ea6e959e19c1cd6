import Evaluation
import Foundation
import Schema
import Store
import TestTraits
import Testing

@Suite("Training of one network by several trainers", .timeLimit(.minutes(20)), .processes)
struct ParallelTrainingTests {
    /// Who works on a fit that is in the middle.
    private struct Working {
        let fit: Int64
        let leader: Int32
        let rank: Int32
    }

    /// A fit that has a checkpoint and is not done, with both of its trainers.
    private static func working(_ connection: PostgresConnection) throws -> Working? {
        let rows = try connection.run(
            """
            SELECT jobs.id, split_part(lease_owner, '/', 2)::bigint, split_part(holder, '/', 2)::bigint
            FROM rank_seats JOIN rank_groups ON rank_groups.id = group_id JOIN jobs ON jobs.id = job_id
            WHERE is_ready AND jobs.state = 'leased' AND progress > 0 AND progress < 0.7
            """)
        guard let row = rows.first else { return nil }
        return Working(
            fit: try row.value(0), leader: Int32(try row.value(1, as: Int.self)),
            rank: Int32(try row.value(2, as: Int.self)))
    }

    /// The versions that ranks beside the leader would have made of a training's last fit.
    private static func versions(_ trainers: [ServiceProcess]) -> Set<String> {
        let lines = trainers.flatMap { $0.log.split(separator: "\n") }
        return Set(
            lines.filter { $0.contains("rank done") && $0.contains(#""training.fold":"0""#) }.compactMap {
                $0.firstMatch(of: /"training.version":"([^"]+)"/).map { String($0.1) }
            })
    }

    @Test("Trainers that all lead a fit give way until one has its ranks, and both ranks come to the same bits")
    func together() async throws {
        let alone = try await TrainingDatabase.with { database in
            let trainer = try database.trainer()
            let result = try await database.result(of: database.submit(seeds: [3]))
            #expect(trainer.stop() == 0, "\(trainer.log)")
            return result
        }
        let undisturbed = try await TrainingDatabase.with { database in
            let training = try database.submit(seeds: [3, 4, 5], dataParallel: 2)
            let first = try database.trainer()
            let groups = RankGroups(database.connection)
            let waiting = try await eventually("one trainer waits for another") {
                try groups.gatherings(ofTraining: training).first
            }
            #expect(waiting.ranks == 2 && waiting.present == 1 && !waiting.isComplete)
            #expect(try JobQueue(database.connection).children(of: training).allSatisfy { $0.state != .done })
            let trainers = try [first, database.trainer(), database.trainer()]
            let result = try await database.result(of: training)
            #expect(Self.versions(trainers) == [result.version.id])
            #expect(try groups.gatherings(ofTraining: training).isEmpty)
            for trainer in trainers { #expect(trainer.stop() == 0, "\(trainer.log)") }
            return result
        }
        #expect(undisturbed.version.weights != alone.version.weights, "dropout falls elsewhere")
        #expect(undisturbed.fits == 16)

        let disturbed = try await TrainingDatabase.with { database in
            let training = try database.submit(seeds: [3, 4, 5], dataParallel: 2)
            var trainers = try (0..<2).map { _ in try database.trainer() }
            var fits: Set<Int64> = []
            for isLeader in [false, true] {
                let working = try await eventually("a fit is in the middle") {
                    try Self.working(database.connection).flatMap { fits.contains($0.fit) ? nil : $0 }
                }
                fits.insert(working.fit)
                let victim = isLeader ? working.leader : working.rank
                try #require(trainers.contains { $0.processID == victim })
                kill(victim, SIGKILL)
                trainers.append(try database.trainer())
            }
            let result = try await database.result(of: training)
            #expect(Self.versions(trainers) == [result.version.id])
            #expect(trainers.contains { $0.log.contains("a rank was lost") })
            #expect(try JobQueue(database.connection).children(of: training).contains { $0.attempts > 1 })
            #expect(!trainers.contains { $0.log.contains("the fit begins anew") })
            for trainer in trainers where trainer.isRunning { #expect(trainer.stop() == 0, "\(trainer.log)") }
            return result
        }
        #expect(disturbed == undisturbed)
    }

    @Test("A trainer on a device that is not there says so, and what there is, and stops")
    func absentDevice() throws {
        let folder = FileManager.default.temporaryDirectory.path
        let trainer = try ServiceProcess(
            "trainer", ["--database-url", "dbname=none", "--bus-folder", folder, "--trainer-device", "cuda:99"],
            in: folder)
        defer { trainer.deleteLog() }
        #expect(trainer.wait() != 0)
        #expect(trainer.log.contains("trainer.device: there is no device"), "\(trainer.log)")
        #expect(trainer.log.contains("available: cpu"), "\(trainer.log)")
    }
}
