import Testing

@testable import ServiceKit

@Suite("Metrics registry")
struct MetricsRegistryTests {
    let registry = MetricsRegistry()

    @Test("Counters add up, and each series of a name stands on a line of its own, labels in order")
    func exposesCounters() {
        registry.describe("tidegate_x_total", .counter, "What x is")
        registry.add("tidegate_x_total", labels: ["input": "b"])
        registry.add("tidegate_x_total", 2, labels: ["input": "a"])
        registry.add("tidegate_x_total", 3, labels: ["input": "a"])
        #expect(
            registry.exposition() == """
                # HELP tidegate_x_total What x is
                # TYPE tidegate_x_total counter
                tidegate_x_total{input="a"} 5
                tidegate_x_total{input="b"} 1

                """)
    }

    @Test("A histogram's buckets are cumulative, and the last one holds everything")
    func exposesHistograms() {
        for seconds in [0.00002, 0.002, 0.002, 99] { registry.observe("tidegate_y_seconds", seconds: seconds) }
        let lines = registry.exposition().split(separator: "\n")
        #expect(lines.contains("tidegate_y_seconds_bucket{le=\"1e-05\"} 0"))
        #expect(lines.contains("tidegate_y_seconds_bucket{le=\"0.001\"} 1"))
        #expect(lines.contains("tidegate_y_seconds_bucket{le=\"0.003\"} 3"))
        #expect(lines.contains("tidegate_y_seconds_bucket{le=\"10\"} 3"))
        #expect(lines.contains("tidegate_y_seconds_bucket{le=\"+Inf\"} 4"))
        #expect(lines.contains("tidegate_y_seconds_count 4"))
    }

    @Test("A label value cannot break out of its quotes")
    func escapesLabels() {
        registry.set("z", 1, labels: ["a": "x\"} 9\ny\\"])
        #expect(registry.exposition() == "z{a=\"x\\\"} 9\\ny\\\\\"} 1\n")
    }
}

@Suite("Structured log")
struct JSONLogHandlerTests {
    @Test("Whatever a text holds, it stays one JSON string on one line")
    func quotes() {
        #expect(JSONLogHandler.quoted("a\"b\\c\nd\te\u{1}") == "\"a\\\"b\\\\c\\nd\\te\\u0001\"")
    }
}
