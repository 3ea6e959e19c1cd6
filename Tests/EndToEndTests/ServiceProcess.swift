import Foundation
import Testing

/// A service as a process of its own, as a supervisor would start it; gone at the latest when this value is.
final class ServiceProcess {
    private let process = Process()
    private let logFile: String

    /// Starts the program of that name, which the build put beside this test's own.
    ///
    /// `environment`: Beside this process's own.
    init(_ name: String, _ arguments: [String], in folder: String, environment: [String: String] = [:]) throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name)
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path), "build the executables first: make build")
        logFile = "\(folder)/\(name)-\(UUID().uuidString).log"
        _ = FileManager.default.createFile(atPath: logFile, contents: nil)
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: logFile))
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = log
        process.standardError = log
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var processID: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// What it has said so far.
    var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

    func deleteLog() { try? FileManager.default.removeItem(atPath: logFile) }

    /// Waits until it ends by itself.
    ///
    /// - Returns: Its exit status.
    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Ends it as a power cut would.
    func cut() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Ends it in order.
    ///
    /// - Returns: Its exit status.
    func stop() -> Int32 {
        process.terminate()
        return wait()
    }
}

/// Asks again and again until there is an answer; a test that waits in vain fails.
func eventually<Value>(
    _ what: Comment, within seconds: Double = 600, _ ask: () throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if let value = try ask() { return value }
        try await Task.sleep(for: .milliseconds(5))
    }
    return try #require(try ask(), what)
}
