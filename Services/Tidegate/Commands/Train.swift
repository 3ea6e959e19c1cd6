internal import ArgumentParser
internal import Evaluation
internal import Features
internal import Foundation
internal import Market
internal import Models
internal import Schema
internal import ServiceKit
internal import Store

/// Asks the trainers for a model, and shows how good it is.
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks the trainers for a model, and shows the honest table of it.",
        discussion: """
            The training is divided into fits, one a fold and seed, of the model and of the baselines beside it; any trainer \
            takes them, and another goes on where one dies. Where fewer trainers run than a fit takes, the others are \
            started here for as long as it lasts. What the command line does not say about the market is taken from what \
            is stored: the feed, or the candles that were imported.

            Models: \(ModelCatalogue.standard.kinds.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")).

            The exit status is 1 when the training failed; that a model is no good is no failure.
            """)

    enum Mode: String, CaseIterable, ExpressibleByArgument { case quick, full }

    @OptionGroup var options: WorkspaceOptions
    @OptionGroup var history: HistoryOptions
    @Option(help: "The kind of model.", completion: .list(ModelCatalogue.standard.names), transform: parseModel)
    var model = "xgboost"
    @Option(help: "quick is a rough model with few folds; full is everything.") var mode = Mode.full
    @Option(help: "From how many seeds each fold is fitted; by default 5, in quick mode 2.") var seeds: Int?
    @Option(help: "The first seed; the same gives the same model.") var seed: UInt64 = 1
    @Option(help: "What is learned: direction(after: 1h), moves(after: 5h), barriers(up: 2%, down: 2%, within: 24h).")
    var label: String?
    @Option(
        help: """
            How the folds are made: walk-forward(train: 252d, test: 30d), purged-k-fold(folds: 5, embargo: 1%), \
            combinatorial-purged(groups: 6, test: 2, embargo: 1%).
            """)
    var split: String?
    @Option(help: "A JSON file with hyper-parameters of the model.") var settings: String?
    @Option(help: "Features, as in the setting features.set; the feature-builder must make the same.")
    var features = "standard"
    @Option(help: "Deal the answers out anew by this seed, as a test: then no model must be any good.")
    var shuffle: UInt64?
    @Option(help: "Let this alias mean the model: champion, challenger or shadow.") var promote: String?
    @Option(
        help: """
            A version, or an alias, with whose weights each fit of a network begins: to train on a made-up market first, and \
            tune on the real one.
            """)
    var startFrom: String?
    @Option(help: "Trainers that do each fit of a network together, each with a share of every batch.")
    var dataParallel = 1
    @Option(help: "Trainers to start here while it lasts; by default as many as are missing.") var trainers: Int?
    @Flag(help: "Ask for the model, and do not wait for it.") var detach = false
    @Flag(help: "Print one JSON object.") var json = false

    private static func parseModel(_ text: String) throws -> String {
        do {
            return try ModelCatalogue.standard.kind(named: text).name
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func validate() throws {
        if let promote, !["champion", "challenger", "shadow"].contains(promote) {
            throw ValidationError("--promote is champion, challenger or shadow, not \"\(promote)\"")
        }
        if let seeds, !(1...1000).contains(seeds) { throw ValidationError("--seeds is in 1...1000") }
        if !(1...TrainingRequest.mostParallel).contains(dataParallel) {
            throw ValidationError("--data-parallel is in 1...\(TrainingRequest.mostParallel)")
        }
        if let trainers, !(0...64).contains(trainers) { throw ValidationError("--trainers is in 0...64") }
        do {
            _ = try (label.map(Labelling.init(parsing:)), split.map(SplitScheme.init(parsing:)))
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() async throws {
        let interruption = try Interruption()
        let job = try await CommandFailure.explaining {
            let url = try options.workspace.runningDatabase()?.url ?? options.workspace.database()
            let connection = try PostgresConnection(url, applicationName: "tidegate-cli")
            let id = try submit(connection)
            guard !detach else { return try JobQueue(connection).job(id) }
            let helpers = try LocalTrainers(trainers, atLeast: dataParallel, options.workspace, url, connection)
            defer { helpers.stop() }
            return try await follow(id, connection, helpers, interruption)
        }
        guard let job else { throw CommandFailure("the job is gone") }
        if json { try JSONOutput.print(TrainingReport.object(of: job)) } else { try TrainingReport(job)?.show() }
        guard !detach, job.state != .done else { return }
        guard let error = job.error else {
            throw CommandFailure("training \(job.id) is not done; trainers go on with it without us")
        }
        throw CommandFailure("training \(job.id) failed: \(error)")
    }

    /// Asks for the job; asking again is another job.
    private func submit(_ connection: PostgresConnection) throws -> Int64 {
        let (source, market) = try history.resolve(connection)
        let count = UInt64(seeds ?? (mode == .quick ? 2 : 5))
        let request = try TrainingRequest(
            model: model, settings: settings.map { try String(contentsOfFile: $0, encoding: .utf8) } ?? "{}",
            seeds: (0..<count).map { seed &+ $0 }, source: source, from: history.moment(history.from, "--from"),
            to: history.moment(history.to, "--to"), instruments: market.instruments, timeframe: market.base,
            higher: market.higher, features: FeatureSettings(text: features),
            label: label.map(Labelling.init(parsing:)), split: split.map(SplitScheme.init(parsing:)),
            quick: mode == .quick, shuffle: shuffle, promote: promote, dataParallel: dataParallel,
            start: startFrom.map { try ModelRegistry(connection).alias($0) ?? $0 })
        return try JobQueue(connection).submit(
            request.jobKind, payload: JSONText(request.json()), key: ControlPlacement.identifier("train"))
    }

    /// What a fit of several trainers waits for; nothing where it does not.
    private func missing(for training: Int64, _ connection: PostgresConnection) throws -> String {
        guard dataParallel > 1, let first = try RankGroups(connection).gatherings(ofTraining: training).first
        else { return "" }
        return "; waits for trainers: \(first.present) of \(first.ranks) are there"
    }

    /// Waits for the job's end, or for an interruption, which does not end the job.
    private func follow(
        _ id: Int64, _ connection: PostgresConnection, _ helpers: LocalTrainers, _ interruption: Interruption
    ) async throws -> Job? {
        let queue = JobQueue(connection)
        let bar = ProgressBar(total: 1000, label: "train \(model)")
        defer { bar.finish() }
        while let job = try queue.job(id) {
            let children = try queue.children(of: id)
            let ended = children.count { $0.state == .done || $0.state == .failed }
            let note =
                switch job.state {
                case .queued where children.isEmpty: "waits for a trainer"
                case .queued: "\(ended) of \(children.count) fits\(try missing(for: id, connection))"
                case .leased: children.isEmpty ? "reads history" : "makes the table"
                case .done, .failed: ""
                }
            bar.update(done: Int((try queue.progress(of: id) ?? 0) * 1000), note: note)
            if job.state == .done || job.state == .failed || interruption.stop.isRaised { return job }
            if let failure = helpers.failure { throw CommandFailure(failure) }
            try await Task.sleep(for: .milliseconds(200))
        }
        return nil
    }
}
