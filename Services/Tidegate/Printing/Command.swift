internal import Foundation

/// A program of the system or of ours, run and waited for.
struct Command: Sendable {
    struct Result: Sendable {
        /// 128 and more for a signal.
        let status: Int32
        let output: String
        let errors: String
    }

    let path: String
    let arguments: [String]
    /// Of this process's environment, what the program does not get.
    var hidden: Set<String> = []

    init(_ path: String, _ arguments: [String], hiding hidden: Set<String> = []) {
        (self.path, self.arguments, self.hidden) = (path, arguments, hidden)
    }

    /// Runs it, and kills it when it takes longer than so many seconds.
    ///
    /// `watch` is called about ten times a second while it runs, with what it has written to its standard error.
    func run(within seconds: Double = .infinity, _ watch: (String) -> Void = { _ in }) throws -> Result {
        // Files, not pipes: nobody needs to read while it runs, and what it leaves behind holds nothing open.
        let base = FileManager.default.temporaryDirectory.appendingPathComponent("tidegate-\(UUID().uuidString)")
        let (out, err) = (base.appendingPathExtension("out"), base.appendingPathExtension("err"))
        defer { for file in [out, err] { try? FileManager.default.removeItem(at: file) } }
        for file in [out, err] {
            _ = FileManager.default.createFile(
                atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter { !hidden.contains($0.key) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        try process.run()
        func text(_ file: URL) -> String { String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self) }
        let begin = DispatchTime.now().uptimeNanoseconds
        var turns = 0
        while process.isRunning {
            usleep(5000)
            turns += 1
            if turns % 20 == 0 { watch(text(err)) }
            if Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9 > seconds {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                throw CommandFailure("\(path) takes longer than \(Figures.duration(seconds))")
            }
        }
        let isSignal = process.terminationReason == .uncaughtSignal
        return Result(
            status: process.terminationStatus + (isSignal ? 128 : 0), output: text(out), errors: text(err))
    }
}
