/// How often durations fell under which bound.
struct MetricsHistogram: Sendable {
    /// Upper bounds in seconds, two in each decade.
    static let bounds = [0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]

    private var counts = Array(repeating: UInt64(0), count: bounds.count + 1)
    private var sum = 0.0

    mutating func observe(_ seconds: Double, times: UInt64 = 1) {
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += times
        sum += seconds * Double(times)
    }

    /// Prints the series of buckets, cumulative, and sum and count.
    func write(_ name: String, _ labels: String, to text: inout String) {
        var cumulative: UInt64 = 0
        let prefix = labels.isEmpty ? "" : labels + ","
        for (index, count) in counts.enumerated() {
            cumulative += count
            let bound = index < Self.bounds.count ? Self.number(Self.bounds[index]) : "+Inf"
            text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(cumulative)\n"
        }
        let labels = labels.isEmpty ? "" : "{\(labels)}"
        text += "\(name)_sum\(labels) \(Self.number(sum))\n\(name)_count\(labels) \(cumulative)\n"
    }

    /// A number as Prometheus reads it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }
}
