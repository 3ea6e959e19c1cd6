import Foundation
import Learning
import Tensor
import TestTraits
import Testing

/// Ranks as processes of their own: this test's program, started again to run ``RankProcessTests/rank()`` alone.
@Suite("Data-parallel training in several processes", .serialized, .longWork)
struct RankProcessTests {
    private static let variable = "TIDEGATE_TEST_RANK"

    /// What a rank is told: `<rank> <ranks> <folder> <rank that kills itself, or -1>`.
    @Test("One rank, when another test has started this program as one")
    func rank() throws {
        guard let text = ProcessInfo.processInfo.environment[Self.variable] else { return }
        let words = text.split(separator: " ")
        let (rank, ranks, doomed) = (try #require(Int(words[0])), try #require(Int(words[1])), Int(words[3]))
        let folder = URL(filePath: String(words[2]))
        let outcome: [UInt8]
        do {
            let group = try ProcessGroup(
                named: "processes", rank: rank, size: ranks, timeout: .seconds(30),
                rendezvous: FolderRendezvous(folder: folder))
            outcome = try SharedTraining(dropout: 0.3).run(
                in: group,
                progress: { progress in
                    if rank == doomed && progress.epoch == 2 && progress.batch == 3 {
                        kill(ProcessInfo.processInfo.processIdentifier, SIGKILL)
                    }
                }
            ).checkpoint
        } catch let error as TensorError {
            outcome = Array("\(error)".utf8)
        }
        try Data(outcome).write(to: folder.appending(path: "outcome-\(rank)"), options: .atomic)
    }

    /// Starts the ranks, waits for their ends, and gives what each left, `nil` for one that was killed.
    private func outcomes(ranks: Int, doomed: Int = -1) throws -> [[UInt8]?] {
        let folder = URL.temporaryDirectory.appending(path: "tidegate-ranks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let processes = try (0..<ranks).map { rank in
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.arguments = ["--testing-library", "swift-testing", "--filter", "RankProcessTests/rank"]
            process.environment = ProcessInfo.processInfo.environment
                .merging([Self.variable: "\(rank) \(ranks) \(folder.path) \(doomed)"]) { $1 }
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            return process
        }
        for process in processes { process.waitUntilExit() }
        return (0..<ranks).map { rank in
            (try? Data(contentsOf: folder.appending(path: "outcome-\(rank)"))).map { Array($0) }
        }
    }

    @Test("Processes end with the bits that threads end with", .timeLimit(.minutes(20)))
    func processes() throws {
        let threads = try SharedTraining(dropout: 0.3).run(ranks: 2).map(\.checkpoint)
        #expect(try outcomes(ranks: 2) == threads)
    }

    @Test("A process that is killed gives the others an error, long before their timeout", .timeLimit(.minutes(20)))
    func killed() throws {
        let started = ContinuousClock.now
        let outcomes = try outcomes(ranks: 3, doomed: 1)
        #expect(ContinuousClock.now - started < .seconds(25))
        #expect(outcomes[1] == nil)
        for rank in [0, 2] {
            let text = String(decoding: try #require(outcomes[rank]), as: UTF8.self)
            #expect(text.hasPrefix("sum("), "\(text.prefix(200))")
        }
    }
}
