internal import ArgumentParser
internal import Bus
internal import Foundation
internal import Pipeline
internal import Schema
internal import ServiceKit
internal import Store

/// Records a service's log to a file.
struct Record: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records everything that a service publishes to a file.",
        discussion: """
            It begins with the first batch of the log, whenever it is started, and goes on with a recording that is there. \
            The ingestor keeps its whole log; the stages keep their last batches only. It ends with SIGINT.
            """)

    @OptionGroup var options: WorkspaceOptions
    @OptionGroup var bus: BusOptions
    @Argument(help: "The recording, for example feed.tgr.", completion: .file()) var file: String
    @Option(help: "Whose log.") var service = Topology.ingestor
    @Flag(help: "End when all of a finished feed is recorded.") var untilFinished = false
    @Flag(help: "Print one JSON object at the end.") var json = false

    func validate() throws {
        guard KeyFolder.publishers.contains(service) else {
            throw ValidationError(
                "\(service) publishes nothing; there are \(KeyFolder.publishers.joined(separator: ", "))")
        }
        try bus.validate()
    }

    func run() async throws {
        let interruption = try Interruption()
        let summary = try await CommandFailure.explaining {
            try await DedicatedThread.run(named: "record") { try record(interruption) }
        }
        if json { return try JSONOutput.print(summary) }
        Terminal.print(summary.text)
    }

    private func record(_ interruption: Interruption) throws -> RecordingSummary {
        let workspace = options.workspace
        let recorder = try LogRecorder(
            path: file, service: service, endpoints: EndpointList([bus.endpoint(of: service, in: workspace)]),
            context: ZMQContext(), security: bus.client(of: service, in: workspace),
            acceptedKeys: { [bus, service] in
                bus.keys.secure ? try KeyFolder(workspace.keyFolder).ring.accepted(of: service) : []
            }, waker: interruption.waker)
        let bar = ProgressBar(total: nil, label: "record", begin: recorder.summary.batches)
        defer { bar.finish() }
        let feed = FeedEnd(workspace)
        var lastLook = WallClock.monotonic
        while !interruption.stop.isRaised {
            try recorder.turn(timeout: .milliseconds(50))
            let summary = recorder.summary
            bar.update(
                done: summary.batches,
                note: summary.position < recorder.knownHead
                    ? "behind by \(recorder.knownHead.rawValue - summary.position.rawValue)"
                    : summary.lastTime?.description ?? "nothing heard yet")
            guard untilFinished, WallClock.monotonic - lastLook > 250_000_000 else { continue }
            lastLook = WallClock.monotonic
            if let end = feed.batches(), summary.lastNumber >= end { break }
        }
        try recorder.flush()
        return try RecordingSummary(reading: file)
    }
}

/// Asks the database whether the feed has come to its end.
final class FeedEnd {
    private let workspace: Workspace
    private var connection: PostgresConnection?

    init(_ workspace: Workspace) { self.workspace = workspace }

    /// The number of batches of a feed that is finished.
    ///
    /// - Returns: `nil` while it is not, or while the database cannot be asked: it may come back.
    func batches() -> UInt64? {
        do {
            if connection == nil { connection = try workspace.runningDatabase()?.connect() }
            guard let connection, let status = try FeedStatusStore(connection).status() else { return nil }
            return status.isFinished ? status.batches : nil
        } catch {
            connection = nil
            return nil
        }
    }
}
