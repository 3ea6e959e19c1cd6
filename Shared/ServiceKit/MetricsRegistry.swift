internal import Foundation
internal import Synchronization

/// The numbers of a service, printed for Prometheus.
///
/// Names follow its conventions: base units in the name, `_total` for counters. Label values come from fixed sets.
public final class MetricsRegistry: Sendable {
    public enum Kind: String, Sendable { case counter, gauge }

    private struct Series: Hashable {
        let name: String
        let labels: String
    }

    private struct State {
        var kinds: [String: (kind: Kind, help: String)] = [:]
        var values: [Series: Double] = [:]
        var histograms: [Series: Histogram] = [:]
    }

    private struct Histogram {
        /// Upper bounds in seconds, ten a decade's third apart.
        static let bounds = [
            0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10,
        ]
        var counts = Array(repeating: UInt64(0), count: bounds.count + 1)
        var sum = 0.0

        mutating func observe(_ seconds: Double) {
            counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
            sum += seconds
        }
    }

    private let state = Mutex(State())

    public init() {}

    /// Says what a metric is; its values may come before or after.
    public func describe(_ name: String, _ kind: Kind, _ help: String) {
        state.withLock { $0.kinds[name] = (kind, help) }
    }

    public func add(_ name: String, _ amount: Double = 1, labels: [String: String] = [:]) {
        let series = Series(name: name, labels: Self.text(labels))
        state.withLock { $0.values[series, default: 0] += amount }
    }

    public func set(_ name: String, _ value: Double, labels: [String: String] = [:]) {
        let series = Series(name: name, labels: Self.text(labels))
        state.withLock { $0.values[series] = value }
    }

    /// Counts a duration in seconds into a histogram.
    public func observe(_ name: String, seconds: Double, labels: [String: String] = [:]) {
        let series = Series(name: name, labels: Self.text(labels))
        state.withLock { $0.histograms[series, default: Histogram()].observe(seconds) }
    }

    /// A value now; zero when it has none yet.
    public func value(_ name: String, labels: [String: String] = [:]) -> Double {
        let series = Series(name: name, labels: Self.text(labels))
        return state.withLock { $0.values[series] ?? 0 }
    }

    /// Everything, in Prometheus's text format 0.0.4.
    public func exposition() -> String {
        state.withLock { state in
            var text = ""
            let names = Set(state.values.keys.map(\.name)).union(state.histograms.keys.map(\.name))
            for name in names.sorted() {
                if let (kind, help) = state.kinds[name] {
                    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
                } else if state.histograms.keys.contains(where: { $0.name == name }) {
                    text += "# TYPE \(name) histogram\n"
                }
                for (series, value) in state.values.filter({ $0.key.name == name }).sorted(by: {
                    $0.key.labels < $1.key.labels
                }) {
                    text += "\(name)\(series.labels.isEmpty ? "" : "{\(series.labels)}") \(Self.number(value))\n"
                }
                for (series, histogram) in state.histograms.filter({ $0.key.name == name })
                    .sorted(by: { $0.key.labels < $1.key.labels })
                {
                    var cumulative: UInt64 = 0
                    let prefix = series.labels.isEmpty ? "" : series.labels + ","
                    for (index, count) in histogram.counts.enumerated() {
                        cumulative += count
                        let bound = index < Histogram.bounds.count ? Self.number(Histogram.bounds[index]) : "+Inf"
                        text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(cumulative)\n"
                    }
                    let labels = series.labels.isEmpty ? "" : "{\(series.labels)}"
                    text += "\(name)_sum\(labels) \(Self.number(histogram.sum))\n\(name)_count\(labels) \(cumulative)\n"
                }
            }
            return text
        }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    private static func text(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }
            .map { key, value in
                let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
                    "\n", with: "\\n")
                return "\(key)=\"\(escaped)\""
            }
            .joined(separator: ",")
    }
}
