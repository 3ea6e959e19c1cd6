import Foundation
import Schema
import Store
import TestKit
import TestTraits
import Testing

@Suite("Standing by", .timeLimit(.minutes(20)), .processes)
struct StandbyTests {
    /// Waits until the shards that are somebody, and how many stand by, are these.
    private static func wait(_ url: String, shards: Set<String>, standing: Int) async throws {
        let connection = try PostgresConnection(url)
        _ = try await eventually("\(shards) and \(standing) standing by") {
            let all = try StatusStore(connection).all().filter { $0.name == "feature-builder" && $0.isReady }.map(
                \.instance)
            let working = all.filter { !$0.hasPrefix("standby") }
            return Set(working) == shards && all.count - working.count == standing ? true : nil
        }
    }

    /// The process that says in its log which shard it is.
    private static func process(_ shard: String, among processes: [ServiceProcess]) throws -> ServiceProcess {
        try #require(processes.last { $0.isRunning && $0.log.contains("\"shard.node\":\"feature-builder.\(shard)\"") })
    }

    @Test(
        "Processes beyond the shards stand by, and take over from one that ends, at once, or is killed, after its lease"
    )
    func takeOver() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await PostgresFixture.withDatabase { url in
            let processes = try (0..<4).map { _ in
                try ServiceProcess(
                    "feature-builder",
                    [
                        "--database-url", url, "--bus-folder", folder.path, "--pipeline-shards-feature-builder", "2",
                        "--pipeline-shard", "claim",
                    ], in: folder.path)
            }
            try await Self.wait(url, shards: ["1of2", "2of2"], standing: 2)

            let begin = ContinuousClock.now
            #expect(try Self.process("1of2", among: processes).stop() == 0)
            try await Self.wait(url, shards: ["1of2", "2of2"], standing: 1)
            #expect(begin.duration(to: .now) < .seconds(9), "it did not wait for the lease")

            try Self.process("2of2", among: processes).cut()
            try await Self.wait(url, shards: ["1of2", "2of2"], standing: 0)
            let running = processes.filter(\.isRunning)
            #expect(running.count == 2)
            for process in running { #expect(process.stop() == 0, "\(process.log)") }
        }
    }
}
