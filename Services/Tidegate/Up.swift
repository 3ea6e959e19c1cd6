internal import ArgumentParser
internal import Evaluation
internal import Features
internal import Foundation
internal import Market
internal import Models
internal import Pipeline
internal import Schema
internal import ServiceKit
internal import Store

/// Runs the whole pipeline on this machine.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs all eight services on this machine, trains a first model, and paper-trades.",
        discussion: """
            Candles come from --data, else from the venue's REST interface, else from the synthetic-generator; it always says \
            which. The first part of the window is history, on which the first models are trained; they trade the rest. \
            Started again over the same folder it goes on where it was; --fresh begins anew.
            """)

    @OptionGroup var options: WorkspaceOptions
    @OptionGroup var keys: KeyOptions
    @Option(help: "Folder of recorded candles.") var data: String?
    @Option(help: "First moment of the window, for example 2024-02-01.") var from: String?
    @Option(help: "Last moment of the window.") var to: String?
    @Option(help: "Instruments, comma separated.") var instruments =
        "binance.BTC-USDT,binance.ETH-USDT,binance.SOL-USDT"
    @Option(help: "The timeframe that the source gives.") var timeframe = "1h"
    @Option(help: "Timeframes aggregated from it, comma separated.") var higher = "4h,1d"
    @Option(help: "Share of the window that is history for the first models.") var history = 0.3
    @Option(help: "How fast recorded candles are replayed after the training: max, or how many times real time.")
    var speed = "max"
    @Option(help: "Bars of history without --data.") var bars = 5000
    @Option(help: "The dashboard's port.") var port = 8080
    @Option(help: "The first of the ports on which the processes tell metrics; 0 lets the system choose.")
    var metricsPort = 0
    @Option(help: "Divide services by instrument: feature-builder=2,inference-server=2.") var shards = Fleet.undivided
    @Flag(help: "Stop when the feed has ended, and exit.") var once = false
    @Flag(help: "Forget what an earlier run stored.") var fresh = false

    func run() async throws {
        let start = Date()
        guard (0...65_528).contains(metricsPort) else { throw ValidationError("--metrics-port is 0…65528") }
        guard (0.05...0.95).contains(history) else { throw ValidationError("--history is a share, 0.05…0.95") }
        let settings = ["market.instruments": instruments, "market.timeframe": timeframe, "market.higher": higher]
        let market = try MarketSettings { settings[$0] }
        let keyFolder = try keys.folder(in: options.workspace)
        let window = try await FeedWindow.find(
            market: market, data: data, from: try moment(from, "--from"), to: try moment(to, "--to"), bars: bars)
        Terminal.print("source: \(window.source.rawValue), \(window.detail)")
        let workspace = options.workspace
        try workspace.create()
        if fresh, ProcessInfo.processInfo.environment["DATABASE_URL"] == nil {
            try workspace.cluster().dropDatabase("tidegate")
        }
        let url = try workspace.database()
        let split = window.split(share: history, market: market)
        var common = settings
        if window.source == .synthetic { common["synthetic.bars"] = "\(bars)" }
        let deployment = try Deployment(
            workspace: workspace, databaseURL: url, settings: common,
            ingestor: window.ingestor(to: split, speed: "max", bars: bars), fleet: shards, keys: keyFolder,
            ports: .init(first: metricsPort, dashboard: port))
        let watch = DeploymentWatch(deployment: deployment, connection: try PostgresConnection(url))
        let interruption = try Interruption { deployment.abandon() }
        try deployment.start()
        defer { deployment.stop() }
        Terminal.print("dashboard: http://127.0.0.1:\(port)/")
        if let split, let from = window.from {
            try await watch.waitForFeed("history", until: split, from: from, step: market.base, interruption)
            try await train(watch, market, interruption)
            try deployment.restartIngestor(window.ingestor(to: window.to, speed: speed, bars: bars))
            if let end = window.to {
                try await watch.waitForFeed("replay", until: end, from: split, step: market.base, interruption)
            }
        }
        try await watch.waitForStatus()
        Terminal.print(try watch.summary(source: "\(window.source.rawValue), \(window.detail)"))
        Terminal.print("took \(Figures.duration(Date().timeIntervalSince(start)))")
        guard !once else {
            let count = try watch.count("fills")
            deployment.stop()
            if ProcessInfo.processInfo.environment["DATABASE_URL"] == nil { try workspace.cluster().stop() }
            guard count > 0 else { throw CommandFailure("the pipeline ran but nothing was filled") }
            return
        }
        Terminal.print("running; the dashboard is at http://127.0.0.1:\(port)/ (Ctrl-C stops)")
        while !interruption.stop.isRaised {
            if let failure = deployment.failure() { throw CommandFailure(failure) }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Trains the first champion and, as its shadow, an LSTM, each where there is none yet.
    private func train(_ watch: DeploymentWatch, _ market: MarketSettings, _ interruption: Interruption) async throws {
        for (model, alias) in [("xgboost", "champion"), ("lstm", "shadow")] {
            if try ModelRegistry(watch.connection).alias(alias) != nil { continue }
            let request = try TrainingRequest(
                model: model, instruments: market.instruments, timeframe: market.base, higher: market.higher,
                features: .deployed, quick: true, promote: alias)
            let job = try JobQueue(watch.connection).submit(
                TrainingRequest.jobKind, payload: JSONText(request.json()), key: "first/\(alias)")
            try await watch.waitForJob(job, label: "train \(model)", interruption)
        }
    }

    private func moment(_ text: String?, _ name: String) throws -> UnixNanos? {
        guard let text else { return nil }
        guard let moment = UnixNanos(iso8601: text) else {
            throw ValidationError("\(name): \"\(text)\" is not a moment like 2024-02-01 or 2024-02-01T00:00")
        }
        return moment
    }
}

/// Stops a pipeline that `tidegate up` runs elsewhere.
struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stops the services and the private database.",
        discussion: "The database may lie outside the folder, where its server can get; --delete finds it there.")

    @OptionGroup var options: WorkspaceOptions
    @Flag(help: "Delete the private database too, with everything in it.") var delete = false

    func run() async throws {
        let workspace = options.workspace
        // A number that a process left behind may be another program's by now.
        if let processID = MachineFacts.supervisor(of: workspace), kill(processID, SIGTERM) == 0 {
            for _ in 0..<300 where kill(processID, 0) == 0 { try await Task.sleep(for: .milliseconds(100)) }
        }
        guard FileManager.default.fileExists(atPath: workspace.folder + "/postgres") else {
            return Terminal.print("nothing runs in \(workspace.folder)")
        }
        let cluster = try PrivateCluster(folder: workspace.folder + "/postgres")
        if delete { try cluster.delete() } else { try cluster.stop() }
        Terminal.print(delete ? "stopped and deleted" : "stopped")
    }
}
