internal import ArgumentParser
internal import Bus
internal import Foundation
internal import Pipeline
internal import Schema
internal import ServiceKit

/// Publishes a recording in place of the ingestor.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publishes a recording in place of the ingestor.",
        discussion: """
            The services behind the ingestor run from it as they ran when it was recorded. It waits for them, and goes on \
            answering after the last batch, until SIGINT. It writes to no database.
            """)

    @OptionGroup var options: WorkspaceOptions
    @OptionGroup var bus: BusOptions
    @Argument(help: "A recording of the ingestor.", completion: .file()) var file: String
    @Option(help: "1x as it happened, 60x, or max.") var speed = "max"
    @Option(help: "How the services are divided, as feature-builder=2,inference-server=2.") var shards = Fleet.undivided
    @Flag(help: "Run on when a service does not follow; it asks for the rest later.") var noWait = false
    @Flag(help: "End when the services have taken everything.") var untilConsumed = false
    @Flag(help: "Only say what is in the recording.") var info = false
    @Flag(help: "Print one JSON object at the end.") var json = false

    func validate() throws {
        guard ReplaySpeed(speed) != nil else {
            throw ValidationError("--speed is max, or a number above zero with x behind it, as 60x; not \"\(speed)\"")
        }
        try bus.validate()
    }

    /// What a replay came to.
    private struct Outcome: Encodable {
        let file: String
        let endpoint: String
        let batches: Int
        let finished: Bool
        @Nullable var reached: String?
        let seconds: Double
        /// Services that have not taken everything published.
        let behind: [String]
    }

    func run() async throws {
        let summary = try CommandFailure.explaining { try RecordingSummary(reading: file) }
        if info {
            if json { try JSONOutput.print(summary) } else { Terminal.print(summary.text) }
            return
        }
        let interruption = try Interruption()
        let outcome = try await CommandFailure.explaining {
            try await DedicatedThread.run(named: "replay") { try replay(summary.batches, interruption) }
        }
        if json { return try JSONOutput.print(outcome) }
        Terminal.print(
            "\(outcome.batches) of \(summary.batches) batches published, to \(outcome.reached ?? "-")"
                + (outcome.behind.isEmpty ? "" : "; not taken to the end by \(outcome.behind.joined(separator: ", "))"))
    }

    private func replay(_ total: Int, _ interruption: Interruption) throws -> Outcome {
        guard let speed = ReplaySpeed(speed) else { throw ValidationError("--speed") }
        let workspace = options.workspace
        if bus.endpoint == nil { try workspace.create() }
        let context = try ZMQContext()
        let endpoint = try bus.endpoint(of: Topology.ingestor, in: workspace)
        let feed: ReplayFeed
        do {
            feed = try ReplayFeed(
                path: file, endpoint: endpoint, context: context, speed: speed, keepsPace: !noWait,
                fleet: shards,
                security: bus.server(Topology.ingestor, in: workspace, context), waker: interruption.waker)
        } catch BusError.addressInUse {
            throw CommandFailure("somebody publishes at \(endpoint) already; is the ingestor running?")
        }
        let bar = ProgressBar(total: total, label: "replay")
        defer { bar.finish() }
        let begin = WallClock.monotonic
        var seconds: Double?
        while !interruption.stop.isRaised {
            try feed.turn(timeout: .milliseconds(20))
            let behind = feed.behind
            bar.update(done: feed.published, note: behind.isEmpty ? "" : "behind: \(behind.joined(separator: ", "))")
            guard feed.isFinished else { continue }
            if seconds == nil {
                seconds = Double(WallClock.monotonic - begin) / 1e9
                if !untilConsumed { Terminal.note("all is published; SIGINT ends the answering") }
            }
            if untilConsumed, behind.isEmpty { break }
        }
        return Outcome(
            file: file, endpoint: feed.endpoint.description, batches: feed.published, finished: feed.isFinished,
            reached: feed.reached?.description, seconds: seconds ?? Double(WallClock.monotonic - begin) / 1e9,
            behind: feed.behind)
    }
}
