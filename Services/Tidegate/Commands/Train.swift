internal import ArgumentParser
internal import Features
internal import Foundation
internal import Market
internal import Models
internal import Schema
internal import ServiceKit
internal import Store

/// Asks the trainers for a model.
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks the trainers for a model.",
        discussion: """
            Any trainer takes the job, and another goes on with it where the first dies. What the command line does not say \
            about the market is taken from the stored feed. With --wait the exit status is 1 when the training failed.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Option(help: "xgboost or lstm.", transform: parseKind) var model = DirectionModelKind.xgboost
    @Flag(help: "A rough model, a few times as fast.") var quick = false
    @Option(help: "Learn from what was knowable from this moment on, as 2024-01-01.") var from: String?
    @Option(help: "Learn from what was knowable up to this moment.") var to: String?
    @Option(help: "Instruments, comma separated; by default all that are stored.") var instruments: String?
    @Option(help: "The timeframe to predict; by default the shortest that is stored.") var timeframe: String?
    @Option(help: "Longer timeframes to look at, comma separated; by default all that are stored.") var higher: String?
    @Option(help: "Features, as in the setting features.set; the feature-builder must make the same.")
    var features = "standard"
    @Option(help: "What chance is drawn from; the same gives the same model.") var seed: UInt64 = 1
    @Option(help: "Let this alias mean the model: champion, challenger or shadow.") var promote: String?
    @Flag(help: "Wait until it is done, and show the figures.") var wait = false
    @Flag(help: "Print one JSON object.") var json = false

    private static func parseKind(_ text: String) throws -> DirectionModelKind {
        guard let kind = DirectionModelKind(rawValue: text) else {
            let all = DirectionModelKind.allCases.map(\.rawValue).joined(separator: " or ")
            throw ValidationError("--model is \(all), not \"\(text)\"")
        }
        return kind
    }

    func validate() throws {
        let (from, to) = (try moment(from, "--from"), try moment(to, "--to"))
        if let from, let to, from >= to { throw ValidationError("--from is not before --to") }
        if let promote, !["champion", "challenger", "shadow"].contains(promote) {
            throw ValidationError("--promote is champion, challenger or shadow, not \"\(promote)\"")
        }
    }

    private func moment(_ text: String?, _ name: String) throws -> UnixNanos? {
        guard let text else { return nil }
        guard let moment = UnixNanos(iso8601: text) else {
            throw ValidationError("\(name): \"\(text)\" is not a moment like 2024-02-01 or 2024-02-01T00:00")
        }
        return moment
    }

    /// What a job came to.
    private struct Outcome: Encodable {
        let job: Int64
        let state: String
        /// The trained model's version and its figures.
        @Nullable var result: JSONValue?
        @Nullable var error: String?
    }

    func run() async throws {
        let interruption = try Interruption()
        let job = try await CommandFailure.explaining {
            let connection = try options.workspace.requiredDatabase().connect()
            let id = try submit(connection)
            guard wait else { return try JobQueue(connection).job(id) }
            return try await follow(id, connection, interruption)
        }
        guard let job else { throw CommandFailure("the job is gone") }
        let outcome = Outcome(
            job: job.id, state: job.state.rawValue, result: try job.result.map { try JSONValue(parsing: $0.rawValue) },
            error: job.error)
        if json { try JSONOutput.print(outcome) } else { show(outcome) }
        if wait, job.state != .done {
            guard let error = job.error else {
                throw CommandFailure("job \(job.id) is not done; it goes on without us")
            }
            throw CommandFailure("job \(job.id) failed: \(error)")
        }
    }

    /// Asks for the job; asking again is another job.
    private func submit(_ connection: PostgresConnection) throws -> Int64 {
        let market = try TrainingMarket.resolve(
            instruments: instruments, timeframe: timeframe, higher: higher, stored: .init(connection))
        let request = try TrainingRequest(
            model: model, seed: seed, from: moment(from, "--from"), to: moment(to, "--to"),
            instruments: market.instruments, timeframe: market.base, higher: market.higher,
            features: FeatureSettings(text: features), quick: quick, promote: promote)
        return try JobQueue(connection).submit(
            TrainingRequest.jobKind, payload: JSONText(request.json()), key: ControlPlacement.identifier("train"))
    }

    /// Waits for the job's end, or for an interruption, which does not end the job.
    private func follow(
        _ id: Int64, _ connection: PostgresConnection, _ interruption: Interruption
    ) async throws -> Job? {
        let bar = ProgressBar(total: 100, label: "train \(model.rawValue)")
        defer { bar.finish() }
        while let job = try JobQueue(connection).job(id) {
            let note =
                switch job.state {
                case .queued: "waits for a trainer"
                case .leased where job.attempts > 1: "attempt \(job.attempts)"
                default: ""
                }
            bar.update(done: Int(job.progress * 100), note: note)
            if job.state == .done || job.state == .failed || interruption.stop.isRaised { return job }
            try await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    private func show(_ outcome: Outcome) {
        guard let result = outcome.result else {
            return Terminal.print("job \(outcome.job) is \(outcome.state)")
        }
        var table = TextTable(columns: ["figure", "value"])
        for leaf in result.leaves { table.add([leaf.path, leaf.text]) }
        Terminal.print(table.text)
    }
}
