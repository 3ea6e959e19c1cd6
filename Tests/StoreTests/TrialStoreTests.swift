import Schema
import Store
import TestKit
import Testing

@Suite("Trial store", .timeLimit(.minutes(20)))
struct TrialStoreTests {
    private static func trial(
        _ job: Int64, _ fold: Int, seed: UInt64 = 1, timeframe: Timeframe = .hour1, sharpe: Double? = 0.5
    ) -> Trial {
        Trial(
            job: job, model: "xgboost", fold: fold, settings: "{}", metrics: #"{"loss": 1}"#, seed: seed,
            timeframe: timeframe, sharpe: sharpe)
    }

    @Test("A trial is counted once, and a fold that gives another result is a conflict")
    func once() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let job = try JobQueue(connection).submit("train", payload: "{}", key: "a")
            let trials = TrialStore(connection)
            let (first, second) = (Self.trial(job, 0, seed: .max), Self.trial(job, 1, timeframe: .day1, sharpe: nil))
            #expect(try trials.record(second))
            #expect(try !trials.record(second))
            #expect(try trials.record(first))
            for other in [
                Self.trial(job, 1, seed: 2, timeframe: .day1, sharpe: nil), Self.trial(job, 1, sharpe: nil),
                Self.trial(job, 1, timeframe: .day1, sharpe: 0),
            ] {
                #expect(throws: StoreError.conflict(table: "trials", key: "\(job) 1")) { try trials.record(other) }
            }
            #expect(try trials.trials(job: job) == [first, second])
            #expect(try trials.count(model: "xgboost") == 2)
        }
    }

    @Test("Rows of builds before are written and read as before, and say nothing of seed, timeframe and ratio")
    func before() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            // As a build writes them that does not know the columns.
            try connection.runScript(
                """
                INSERT INTO jobs (kind, payload, key, lost_limit) VALUES ('train', '{}', 'a', 5);
                INSERT INTO trials (job_id, model, fold, settings, metrics)
                SELECT id, 'xgboost', 0, '{}', '{"loss": 1}' FROM jobs
                """)
            let job = try #require(try Training.all(JobQueue(connection)).first)
            #expect(job.parent == nil)
            let trials = TrialStore(connection)
            let old = try #require(try trials.trials(job: job.id).first)
            #expect(old.model == "xgboost" && old.fold == 0 && old.metrics == #"{"loss": 1}"#)
            #expect(old.seed == nil && old.timeframe == nil && old.sharpe == nil)
            #expect(try trials.count(model: "xgboost") == 1)
            #expect(try trials.sharpeRatios(timeframe: .hour1, ofTrainingsUpTo: job.id) == [])
        }
    }

    @Test("The ratios up to a training are its own, its children's and those of trainings before it, in a fixed order")
    func ratios() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            let (jobs, trials) = (JobQueue(connection), TrialStore(connection))
            var wholes: [Int64] = []
            for key in ["a", "b"] {
                try jobs.submit("train", payload: "{}", key: key)
                wholes.append(try #require(try jobs.claim(["train"], owner: key, seconds: 3600)).job.id)
            }
            func child(_ key: String, of whole: Int) throws -> Int64 {
                let id = try jobs.submit("fit", payload: "{}", key: key)
                try connection.run("UPDATE jobs SET parent = \(wholes[whole]) WHERE id = \(id)")
                return id
            }
            // The later training's child is the older job.
            let (second, first) = (try child("b/0", of: 1), try child("a/0", of: 0))
            for trial in [
                Self.trial(second, 0, sharpe: 4), Self.trial(wholes[1], 0, sharpe: 3),
                Self.trial(first, 1, sharpe: 2), Self.trial(first, 0, sharpe: 1), Self.trial(wholes[0], 0, sharpe: -1),
                Self.trial(first, 2, sharpe: nil), Self.trial(first, 3, timeframe: .day1, sharpe: 9),
            ] {
                try trials.record(trial)
            }
            #expect(try trials.sharpeRatios(timeframe: .hour1, ofTrainingsUpTo: wholes[0]) == [-1, 1, 2, nil])
            #expect(try trials.sharpeRatios(timeframe: .hour1, ofTrainingsUpTo: wholes[1]) == [-1, 1, 2, nil, 3, 4])
            #expect(try trials.sharpeRatios(timeframe: .day1, ofTrainingsUpTo: wholes[1]) == [9])
            #expect(try trials.sharpeRatios(timeframe: .hour1, ofTrainingsUpTo: wholes[0] - 1) == [])
        }
    }
}
