import Foundation
import Models
import Pipeline
import Schema
import Store
import TestKit
import TestTraits
import Testing

@Suite("Hot swap", .timeLimit(.minutes(20)), .processes)
struct HotSwapTests {
    /// The services that a bar goes through, those last that others listen to.
    private static let services = [
        Topology.metricsRecorder, Topology.riskGate, Topology.executor, Topology.inferenceServer,
        Topology.featureBuilder, Topology.ingestor,
    ]
    private static let bars: UInt64 = 4000

    /// The services as processes, over a database and a recorded market.
    private final class Running {
        private let arguments: [String]
        private let folder: String
        private let environment: [String: String]
        private var processes: [String: ServiceProcess] = [:]

        init(_ market: SwapMarket, _ url: String, in folder: String) throws {
            // A small ring lets the ingestor run ahead little, so that swaps are placed all over the feed. It feeds bursts of
            // 64 batches, each with the swaps before it: snapshots at the same places would leave a killed server nothing
            // to do again between its last snapshot and the next swap.
            arguments = [
                "--database-url", url, "--bus-folder", folder, "--pipeline-ring", "48", "--pipeline-snapshot-every",
                "23",
            ]
            (self.folder, environment) = (folder, market.environment)
            for name in HotSwapTests.services { try start(name) }
        }

        func start(_ name: String) throws {
            processes[name] = try ServiceProcess(name, arguments, in: folder, environment: environment)
        }

        func cut(_ name: String) { processes[name]?.cut() }

        /// Fails as soon as one has ended by itself, which nobody would start again.
        func requireAll() throws {
            for process in processes.values { try #require(process.isRunning, "\(process.log.suffix(2000))") }
        }

        /// Stops all, the ingestor first; each must end in order.
        func stop() {
            for name in HotSwapTests.services.reversed() {
                #expect(processes[name]?.stop() == 0, "\(processes[name]?.log ?? name)")
            }
        }
    }

    /// Waits until so many batches are fed; each holds one bar of every instrument.
    private static func wait(
        forBatch number: UInt64, _ running: Running, _ connection: PostgresConnection
    ) async throws {
        _ = try await eventually("batch \(number) is fed", within: 120) {
            try running.requireAll()
            return try FeedLog(connection).head().flatMap { $0.number >= number ? true : nil }
        }
    }

    /// Lets operators move aliases over most of the feed, while the server that follows them is killed twice.
    ///
    /// - Returns: How many moves there were.
    private static func disturb(
        _ running: Running, _ versions: [String], _ url: String, _ connection: PostgresConnection
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { operators in
            for (index, aliases) in [[ModelRole.champion], [ModelRole.champion] + ModelRole.all].enumerated() {
                let somebody = SwapOperator(
                    name: "operator-\(index)", url: url, versions: versions, aliases: aliases, seed: UInt64(index))
                operators.addTask {
                    try await somebody.work { try FeedLog($0).head().map { $0.number >= bars * 9 / 10 } ?? false }
                }
            }
            var random = SplitMix64(seed: 7)
            for number in [bars * 2 / 5, bars * 3 / 5] {
                try await wait(forBatch: number, running, connection)
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...200, using: &random)))
                running.cut(Topology.inferenceServer)
                try await Task.sleep(for: .milliseconds(200))
                try running.start(Topology.inferenceServer)
            }
            try await wait(forBatch: bars * 9 / 10, running, connection)
            return try await operators.reduce(0, +)
        }
    }

    private static func feed(_ connection: PostgresConnection) throws -> [LogBatch] {
        var feed: [LogBatch] = []
        while true {
            let page = try FeedLog(connection).batches(after: feed.last?.watermark.position ?? .start, limit: 512)
            if page.isEmpty { return feed }
            feed += page
        }
    }

    @Test(
        "Champions promoted while a feed is replayed at full speed leave no bar without an answer and none with two, each names the version in force, and killing the server changes nothing"
    )
    func swapping() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let market = try SwapMarket(folder: folder.path, bars: Int(Self.bars), seed: 5)
        try await PostgresFixture.withDatabase { url in
            let connection = try PostgresConnection(url)
            let registry = ModelRegistry(connection)
            for version in market.versions { try registry.register(version) }
            // One that needs no past, so that every bar with features has an answer.
            let first = try #require(market.versions.first { $0.model == "xgboost" })
            try registry.promote(ModelRole.champion, to: first.id)

            let running = try Running(market, url, in: folder.path)
            // Beyond the features' warm-up, and the past that the others need.
            try await Self.wait(forBatch: 150, running, connection)
            let moves = try await Self.disturb(running, market.versions.map(\.id), url, connection)
            let progress = PipelineProgress(connection)
            _ = try await eventually("the feed goes through", within: 120) {
                try running.requireAll()
                return try progress.recordedTime() == market.end ? true : nil
            }
            running.stop()

            let key = try AnswerKey(Self.feed(connection), market.featureSet, market.versions)
            let rows = try EventStore(connection).events(.prediction)
            let faults = key.faults(in: rows)
            #expect(faults.isEmpty, "\(faults.count) of \(key.bars) bars, as \(faults.prefix(3))")
            #expect(key.bars == market.answerableBars)
            let answered = SeenSwaps(rows)
            #expect(moves > 100 && key.swaps >= 30 && answered.switches >= 30)
            #expect(answered.champions == Set(market.versions.map(\.id)))

            // What the feed did is what the registry says that operators did.
            #expect(try registry.aliases() == key.seats)
            var history: [String] = []
            for move in try registry.history(ModelRole.champion, limit: .max).reversed()
            where move.version != history.last { history.append(move.version) }
            #expect(history == key.champions)
        }
    }
}

/// How often the version that trades changed from one bar of an instrument to its next, by the stored rows alone.
private struct SeenSwaps {
    private(set) var switches = 0
    private(set) var champions: Set<String> = []

    init(_ predictions: [Event]) {
        var last: [Instrument: String] = [:]
        for case .prediction(let row) in predictions.map(\.message) where row.role == .champion {
            champions.insert(row.model.text)
            if let former = last.updateValue(row.model.text, forKey: row.instrument), former != row.model.text {
                switches += 1
            }
        }
    }
}
