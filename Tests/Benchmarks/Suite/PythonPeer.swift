import Foundation

/// A peer written in Python, which `ops/scripts/bench-peers` installs.
struct PythonPeer {
    private let interpreter = URL(fileURLWithPath: ".toolchain/peers/bin/python3")
    private let script: String

    /// A script of `Tests/Benchmarks/Peers`.
    init(_ script: String) { self.script = "Tests/Benchmarks/Peers/\(script)" }

    /// Runs the script over numbers, binary64 and little-endian.
    ///
    /// - Returns: The number that it prints; `nil` where the peer is not installed.
    func run(over numbers: [Double]) throws -> Double? {
        let input = FileManager.default.temporaryDirectory.appendingPathComponent("tidegate-bench-\(getpid()).f64")
        defer { try? FileManager.default.removeItem(at: input) }
        var data = Data(capacity: 8 * numbers.count)
        for number in numbers { withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        try data.write(to: input)
        return try run([], input: try FileHandle(forReadingFrom: input))
    }

    /// Runs the script with arguments.
    ///
    /// - Returns: The number that it prints; `nil` where the peer is not installed.
    func run(
        _ arguments: [String], input: FileHandle = .nullDevice, environment: [String: String] = [:]
    ) throws -> Double? {
        guard FileManager.default.isExecutableFile(atPath: interpreter.path) else { return nil }
        let process = Process()
        let output = Pipe()
        process.executableURL = interpreter
        process.arguments = [script] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0,
            let number = Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw BenchmarkFailure("\(script) said \(text)") }
        return number
    }
}
