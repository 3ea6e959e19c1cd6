internal import ArgumentParser
internal import Evaluation
internal import Features
internal import Foundation
internal import Market
internal import Models
internal import Schema
internal import ServiceKit
internal import Store

/// Has the first models trained on the history that the feed has delivered.
struct PrepareModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Has the first shadow and the first champion trained, where there are none.",
        discussion: """
            It waits until there is history: until the feed has reached a moment, usually the ingestor's source.hold, at \
            which the feed in turn waits for the champion, and has so many bars, or has ended. The shadow, an LSTM, is trained first, so that both take effect together.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Option(help: "The moment up to which there must be history, for example 2024-03-01.") var at: String?
    @Option(help: "How many bars of history there must be.") var bars: UInt64 = 1
    @Option(help: "Seconds after which to give up.") var patience = 1800.0
    @Flag(help: "Print one JSON object at the end.") var json = false

    func validate() throws {
        if let at, UnixNanos(iso8601: at) == nil {
            throw ValidationError("--at: \"\(at)\" is not a moment like 2024-03-01")
        }
    }

    func run() async throws {
        let interruption = try Interruption()
        let models = try await CommandFailure.explaining {
            let connection = try options.workspace.requiredDatabase().connect()
            let wait = Wait(patience, interruption)
            if try ModelRegistry(connection).alias("champion") == nil {
                try await waitForHistory(connection, wait)
                for (model, alias) in [("lstm", "shadow"), ("xgboost", "champion")] {
                    try await train(model, as: alias, connection, wait)
                }
            }
            return try ModelRegistry(connection).aliases().mapValues(\.version)
        }
        if json { return try JSONOutput.print(models) }
        for (alias, version) in models.sorted(by: { $0.key < $1.key }) { Terminal.print("\(alias): \(version)") }
    }

    /// Turns waiting into an error once it has lasted too long, or a signal came.
    private struct Wait: Sendable {
        let begin = WallClock.monotonic
        let seconds: Double
        let interruption: Interruption

        init(_ seconds: Double, _ interruption: Interruption) {
            (self.seconds, self.interruption) = (seconds, interruption)
        }

        func turn(_ what: String) async throws {
            if interruption.stop.isRaised { throw CommandFailure("interrupted") }
            guard Double(WallClock.monotonic - begin) / 1e9 < seconds else {
                throw CommandFailure("gave up waiting for \(what)")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func waitForHistory(_ connection: PostgresConnection, _ wait: Wait) async throws {
        let moment = at.flatMap { UnixNanos(iso8601: $0) } ?? UnixNanos(.min)
        while true {
            if let status = try FeedStatusStore(connection).status(), let reached = status.reached,
                (reached >= moment && status.batches >= bars) || status.isFinished
            {
                return
            }
            try await wait.turn("\(bars) bars\(at.map { " up to \($0)" } ?? "")")
        }
    }

    private func train(
        _ model: String, as alias: String, _ connection: PostgresConnection, _ wait: Wait
    ) async throws {
        let market = try TrainingMarket.resolve(
            instruments: nil, timeframe: nil, higher: nil, stored: .init(connection))
        let request = try TrainingRequest(
            model: model, instruments: market.instruments, timeframe: market.base, higher: market.higher,
            features: .deployed, quick: true, promote: alias)
        let queue = JobQueue(connection)
        let job = try queue.submit(TrainingRequest.jobKind, payload: JSONText(request.json()), key: "first/\(alias)")
        Terminal.note("job \(job) trains the first \(alias)")
        while let current = try queue.job(job) {
            switch current.state {
            case .done: return
            case .failed: throw CommandFailure("training failed: \(current.error ?? "no reason given")")
            case .queued, .leased: try await wait.turn("the training of the first \(alias)")
            }
        }
    }
}
