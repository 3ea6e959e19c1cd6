import Foundation
import HTTP
import Pipeline
import ServiceKit
import TestKit
import TestTraits
import Testing

/// What a service tells Prometheus, read strictly: every line is a help, a type or a sample in its place, or the text is
/// refused.
private struct Exposition {
    struct Refusal: Error, CustomStringConvertible { let description: String }

    struct Family {
        let help: String
        var kind = ""
        /// Labels as printed, and values, by the sample's name.
        var samples: [(name: String, labels: [String: String], value: Double)] = []
    }

    private(set) var families: [String: Family] = [:]

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Refusal(description: "the last line has no end") }
        var current = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            func refuse(_ reason: String) -> Refusal { Refusal(description: "\(reason): \(line)") }
            if let match = line.wholeMatch(of: /# HELP ([a-z_]+) (.+)/) {
                current = String(match.1)
                guard families[current] == nil else { throw refuse("told twice") }
                families[current] = Family(help: String(match.2))
            } else if let match = line.wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge|histogram)/) {
                guard match.1 == current, families[current]?.kind == "" else { throw refuse("a type without help") }
                families[current]?.kind = String(match.2)
            } else if let match = line.wholeMatch(of: /([a-z_]+)(?:\{(.*)\})? (\S+)/) {
                let (name, kind) = (String(match.1), families[current]?.kind ?? "")
                let suffixes = kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
                guard !kind.isEmpty, suffixes.contains(where: { name == current + $0 }) else {
                    throw refuse("a sample without help and type")
                }
                guard let value = Double(match.3) else { throw refuse("no number") }
                families[current]?.samples.append((name, try Self.labels(match.2 ?? ""), value))
            } else {
                throw refuse("no line of an exposition")
            }
        }
    }

    private static func labels(_ text: Substring) throws -> [String: String] {
        var (labels, rest): ([String: String], Substring) = ([:], text)
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /([a-z]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/) else {
                throw Refusal(description: "no labels: \(text)")
            }
            guard labels.updateValue(String(match.2), forKey: String(match.1)) == nil else {
                throw Refusal(description: "a label twice: \(text)")
            }
            rest = rest[match.range.upperBound...]
        }
        return labels
    }

    func sum(_ name: String) -> Double { (families[name]?.samples ?? []).reduce(0) { $0 + $1.value } }
}

@Suite("Metrics of processes", .timeLimit(.minutes(20)), .processes)
struct MetricsProcessTests {
    private static func port(of service: ServiceProcess) async throws -> Int {
        try await eventually("the service says its port") {
            service.log.firstMatch(of: /"http.port":"(\d+)"/).flatMap { Int($0.1) }
        }
    }

    private static func text(_ client: CurlClient, _ port: Int) async throws -> String {
        let response = try await client.send(HTTPRequest(.get, url: "http://127.0.0.1:\(port)/metrics"))
        try #require(response.status == 200)
        return String(decoding: response.body, as: UTF8.self)
    }

    /// Prometheus's own check; it stands beside ours, and may only be absent outside CI.
    private static func promtool(_ text: String, of service: String) throws {
        let tool = "/usr/bin/promtool"
        guard FileManager.default.isExecutableFile(atPath: tool) else {
            #expect(ProcessInfo.processInfo.environment["CI"] == nil, "install Debian's package prometheus")
            return
        }
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = ["check", "metrics"]
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && said.isEmpty, "\(service): \(said)")
    }

    private static func compare(_ exposition: Exposition, _ service: String) {
        let expected = ServiceMetric.all.filter { $0.scope.services.contains(service) }
        #expect(Set(exposition.families.keys) == Set(expected.map(\.name)), "\(service)")
        for metric in expected {
            let family = exposition.families[metric.name]
            #expect(family?.help == metric.help && family?.kind == metric.kind.rawValue, "\(service) \(metric.name)")
            for sample in family?.samples ?? [] {
                let names = Set(sample.labels.keys).subtracting(sample.name.hasSuffix("_bucket") ? ["le"] : [])
                #expect(names == Set(metric.labels.map(\.name)), "\(service) \(metric.name)")
            }
        }
    }

    @Test("Each service tells exactly the metrics of the catalogue, in a form that Prometheus's own check accepts")
    func catalogue() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await PostgresFixture.withDatabase { url in
            var services: [String: ServiceProcess] = [:]
            let begin = Date()
            for name in Topology.services {
                let source = name == Topology.ingestor ? ["--source-kind", "synthetic"] : []
                let bars = name == Topology.syntheticGenerator ? ["--synthetic-bars", "300"] : []
                services[name] = try ServiceProcess(
                    name, ["--database-url", url, "--bus-folder", folder.path] + source + bars, in: folder.path)
            }
            let client = try CurlClient()
            let executor = try await Self.port(of: #require(services[Topology.executor]))
            for _ in 0..<600 where try await Exposition(Self.text(client, executor)).sum("tidegate_batches_total") < 300
            {
                try await Task.sleep(for: .milliseconds(100))
            }
            // Gauges are told once a second.
            try await Task.sleep(for: .milliseconds(1500))
            for name in Topology.services {
                let service = try #require(services[name])
                let text = try await Self.text(client, Self.port(of: service))
                let exposition = try Exposition(text)
                try Self.promtool(text, of: name)
                Self.compare(exposition, name)
                #expect(exposition.sum("tidegate_ready") == 1, "\(name)")
                #expect(exposition.sum("tidegate_database_up") == 1, "\(name)")
                #expect(exposition.sum("process_cpu_seconds_total") > 0 && exposition.sum("process_open_fds") > 3)
                #expect(exposition.sum("process_resident_memory_bytes") > 1e6)
                // The kernel tells starts in ticks since its own.
                let started = exposition.sum("process_start_time_seconds")
                #expect((begin.addingTimeInterval(-5)...Date()).contains(Date(timeIntervalSince1970: started)))
                #expect(exposition.sum("tidegate_disk_available_bytes") < exposition.sum("tidegate_disk_size_bytes"))
                if Topology.stages.contains(name) {
                    #expect(exposition.sum("tidegate_batches_total") >= 300, "\(name)")
                    #expect(exposition.sum("tidegate_feed_position") > 900, "\(name)")
                    #expect(exposition.sum("tidegate_messages_published_total") >= 300, "\(name)")
                    let taken =
                        exposition.sum("tidegate_messages_received_total")
                        + exposition.sum("tidegate_messages_recovered_total")
                    #expect(taken >= 300 && exposition.sum("tidegate_messages_received_total") > 0, "\(name)")
                }
                if [Topology.ingestor, Topology.executor, Topology.metricsRecorder].contains(name) {
                    #expect(exposition.sum("tidegate_rows_written_total") >= 300, "\(name)")
                }
                #expect(service.stop() == 0, "\(service.log)")
            }
        }
    }
}
