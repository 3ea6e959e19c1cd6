import Foundation

/// Measures, and prints one JSON line for each measurement.
///
/// `BENCH` is a regular expression that the names of those to run contain.
@main
enum Main {
    static func main() async throws {
        let pattern = ProcessInfo.processInfo.environment["BENCH"] ?? ""
        let wanted = try Regex(pattern)
        let benchmarks =
            CodecBenchmarks.all + BusBenchmarks.all + StoreBenchmarks.all + BacktestBenchmarks.all
            + MarketBenchmarks.all + FeatureBenchmarks.all + LearningBenchmarks.all + DeploymentBenchmarks.all
        let due = benchmarks.filter { pattern.isEmpty || $0.name.contains(wanted) }
        guard !due.isEmpty else {
            say("no benchmark's name matches \(pattern)", to: .standardError)
            exit(64)
        }
        for benchmark in due {
            say("\(benchmark.name) …", to: .standardError)
            // At once, also through a pipe.
            for measurement in try await benchmark.run() { say(try measurement.json(), to: .standardOutput) }
        }
    }

    private static func say(_ line: String, to file: FileHandle) { file.write(Data((line + "\n").utf8)) }
}

/// One thing that is measured.
struct Benchmark: Sendable {
    let name: String
    let run: @Sendable () async throws -> [Measurement]

    /// A benchmark that gives one or several measurements, whose names begin with its own.
    init(_ name: String, _ run: @escaping @Sendable () async throws -> [Measurement]) {
        self.name = name
        self.run = run
    }
}

/// What was measured wrongly.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
