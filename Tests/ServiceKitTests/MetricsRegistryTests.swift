import Foundation
import Pipeline
import Schema
import Testing

@testable import ServiceKit

@Suite("Metrics registry")
struct MetricsRegistryTests {
    private static let count = ServiceMetric(
        "tidegate_x_total", .counter, "What x is",
        labels: [ServiceMetric.Label("input", .few(because: "it is a test"))], by: .every)
    private static let time = ServiceMetric("tidegate_y_seconds", .histogram, "What y is", by: .every)
    private static let age = ServiceMetric("tidegate_z_seconds", .gauge, "What z is", by: .every)

    let registry = MetricsRegistry()
    private func text(_ now: Int64 = 0) -> String { registry.exposition(at: UnixNanos(seconds: now)) }

    @Test("Counters add up, and each series of a name stands on a line of its own, labels in order")
    func exposesCounters() {
        registry.add(Self.count, labels: ["input": "b"])
        registry.add(Self.count, 2, labels: ["input": "a"])
        registry.add(Self.count, 3, labels: ["input": "a"])
        #expect(
            text() == """
                # HELP tidegate_x_total What x is
                # TYPE tidegate_x_total counter
                tidegate_x_total{input="a"} 5
                tidegate_x_total{input="b"} 1

                """)
    }

    @Test(
        "A histogram's buckets are cumulative, the last one holds everything, and it has help and type like all others")
    func exposesHistograms() {
        for seconds in [0.00002, 0.002, 99] { registry.observe(Self.time, seconds: seconds) }
        registry.observe(Self.time, seconds: 0.002, times: 2)
        let lines = text().split(separator: "\n")
        #expect(lines.prefix(2) == ["# HELP tidegate_y_seconds What y is", "# TYPE tidegate_y_seconds histogram"])
        for line in [
            "bucket{le=\"1e-05\"} 0", "bucket{le=\"0.001\"} 1", "bucket{le=\"0.003\"} 4", "bucket{le=\"10\"} 4",
            "bucket{le=\"+Inf\"} 5", "count 5", "sum 99.00602",
        ] { #expect(lines.contains("tidegate_y_seconds_\(line)")) }
    }

    @Test("A label value cannot break out of its quotes")
    func escapesLabels() {
        registry.add(Self.count, labels: ["input": "x\"} 9\ny\\"])
        #expect(text().hasSuffix("tidegate_x_total{input=\"x\\\"} 9\\ny\\\\\"} 1\n"))
    }

    @Test("An age goes on while nobody sets it, and starts again when somebody does")
    func ages() {
        registry.set(Self.age, since: UnixNanos(seconds: 10))
        #expect(text(12).hasSuffix("\ntidegate_z_seconds 2\n"))
        #expect(text(40).hasSuffix("\ntidegate_z_seconds 30\n"))
        registry.set(Self.age, since: UnixNanos(seconds: 39))
        #expect(text(40).hasSuffix("\ntidegate_z_seconds 1\n"))
    }

    @Test("Series that are gone are taken away")
    func replaces() {
        registry.replace(.modelInfo, [["alias": "champion", "version": "a"], ["alias": "shadow", "version": "b"]])
        registry.replace(.modelInfo, [["alias": "champion", "version": "c"]])
        let rows = text().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(rows == ["tidegate_model_info{alias=\"champion\",version=\"c\"} 1"])
    }

    @Test("What is not a number is written as Prometheus reads it")
    func numbers() {
        for (value, text) in [(Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e300, "1e+300")] {
            #expect(MetricsHistogram.number(value) == text)
        }
    }
}

@Suite("Metrics catalogue")
struct MetricsCatalogueTests {
    @Test("Names, units and labels follow Prometheus's conventions, and no label is without bounds")
    func conventions() {
        #expect(Set(ServiceMetric.all.map(\.name)).count == ServiceMetric.all.count)
        for metric in ServiceMetric.all {
            #expect(metric.name.wholeMatch(of: /(tidegate|process)_[a-z]+(_[a-z]+)*/) != nil, "\(metric.name)")
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            if metric.kind == .histogram { #expect(metric.name.hasSuffix("_seconds"), "\(metric.name)") }
            #expect(!metric.name.contains(/_(ms|milliseconds|kb|mb|percent|minutes)(_|$)/), "\(metric.name)")
            #expect(
                !metric.help.isEmpty && !metric.help.contains("\n") && !metric.help.hasSuffix("."), "\(metric.name)")
            for label in metric.labels {
                #expect(label.name.wholeMatch(of: /[a-z]+/) != nil && label.name != "le")
                if case .oneOf(let values) = label.values { #expect(!values.isEmpty && values.count <= 32) }
            }
        }
    }

    @Test("Counters whose labels are known are there from the start, at zero")
    func startsAtZero() {
        let text = MetricsRegistry(of: Topology.executor).exposition(at: UnixNanos(0))
        for line in [
            "tidegate_messages_missing_total{input=\"risk-gate\"} 0",
            "tidegate_messages_missing_total{input=\"ingestor\"} 0",
            "tidegate_order_events_total{state=\"rejected\"} 0", "tidegate_stage_seconds_count 0",
            "tidegate_messages_published_total{kind=\"fill\"} 0",
        ] { #expect(text.contains("\n\(line)\n"), "\(line)") }
        #expect(!text.contains("tidegate_jobs_total"))
    }

    @Test("docs/metrics.md lists every metric, as the services tell it")
    func documentation() throws {
        let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/metrics.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let parts = text.split(separator: "| metric |", maxSplits: 1)
        let (head, table) = (parts.first ?? "", "| metric |" + (parts.count > 1 ? parts[1] : ""))
        if ProcessInfo.processInfo.environment["TIDEGATE_WRITE_DOCS"] != nil {
            try "\(head)\(ServiceMetric.table)".write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(table == ServiceMetric.table, "write it anew: TIDEGATE_WRITE_DOCS=1 swift test --filter Metrics")
        }
    }
}

@Suite("Structured log")
struct JSONLogHandlerTests {
    @Test("Whatever a text holds, it stays one JSON string on one line")
    func quotes() {
        #expect(JSONLogHandler.quoted("a\"b\\c\nd\te\u{1}") == "\"a\\\"b\\\\c\\nd\\te\\u0001\"")
    }
}
