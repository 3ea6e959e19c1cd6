public import Schema
internal import Synchronization

/// The numbers of a service, printed for Prometheus.
///
/// All that the service tells is there from the start, at zero, where the labels are known beforehand: a counter that
/// appears with its first event would hide that event from `rate()`.
public final class MetricsRegistry: Sendable {
    private struct State {
        var metrics: [String: ServiceMetric] = [:]
        var values: [ServiceMetric.Series: Double] = [:]
        /// Gauges that grow by themselves: seconds since these moments.
        var moments: [ServiceMetric.Series: UnixNanos] = [:]
        var histograms: [ServiceMetric.Series: MetricsHistogram] = [:]
    }

    private let state = Mutex(State())

    /// A registry that tells nothing yet.
    public init() {}

    /// A registry that tells from the start all that a service does.
    public init(of service: String) {
        state.withLock { state in
            for metric in ServiceMetric.all where metric.scope.services.contains(service) {
                state.metrics[metric.name] = metric
                for series in metric.series(of: service) {
                    switch metric.kind {
                    case .counter, .gauge: state.values[series] = 0
                    case .histogram: state.histograms[series] = MetricsHistogram()
                    }
                }
            }
        }
    }

    public func add(_ metric: ServiceMetric, _ amount: Double = 1, labels: [String: String] = [:]) {
        add(metric.series(labels), amount)
    }

    public func add(_ series: ServiceMetric.Series, _ amount: Double = 1) {
        state.withLock { state in
            state.metrics[series.metric.name] = series.metric
            state.values[series, default: 0] += amount
        }
    }

    public func set(_ metric: ServiceMetric, _ value: Double, labels: [String: String] = [:]) {
        let series = metric.series(labels)
        state.withLock { state in
            state.metrics[metric.name] = metric
            state.values[series] = value
        }
    }

    /// Sets one series to 1 and the others of a label to 0.
    public func set(_ metric: ServiceMetric, isOne chosen: String, of values: [String], label: String) {
        for value in values { set(metric, value == chosen ? 1 : 0, labels: [label: value]) }
    }

    /// Sets a gauge to the seconds since a moment, counted anew whenever somebody looks: right even while the service
    /// that would set it stands still.
    public func set(_ metric: ServiceMetric, since moment: UnixNanos, labels: [String: String] = [:]) {
        let series = metric.series(labels)
        state.withLock { state in
            state.metrics[metric.name] = metric
            state.values[series] = nil
            state.moments[series] = moment
        }
    }

    /// Sets all series of a metric to 1 that have one of these labels, and takes the others away.
    public func replace(_ metric: ServiceMetric, _ rows: [[String: String]]) {
        let series = Set(rows.map { metric.series($0) })
        state.withLock { state in
            state.metrics[metric.name] = metric
            for known in state.values.keys where known.metric.name == metric.name && !series.contains(known) {
                state.values[known] = nil
            }
            for one in series { state.values[one] = 1 }
        }
    }

    /// Counts a duration in seconds into a histogram, so many times.
    public func observe(_ metric: ServiceMetric, seconds: Double, times: UInt64 = 1, labels: [String: String] = [:]) {
        let series = metric.series(labels)
        state.withLock { state in
            state.metrics[metric.name] = metric
            state.histograms[series, default: MetricsHistogram()].observe(seconds, times: times)
        }
    }

    /// A value now; zero when it has none yet.
    public func value(_ metric: ServiceMetric, labels: [String: String] = [:]) -> Double {
        let series = metric.series(labels)
        return state.withLock { $0.values[series] ?? 0 }
    }

    /// Everything, in Prometheus's text format 0.0.4.
    public func exposition(at now: UnixNanos) -> String {
        let state = state.withLock { $0 }
        var values = state.values
        for (series, moment) in state.moments { values[series] = Double(now.rawValue - moment.rawValue) / 1e9 }
        let rows = Dictionary(grouping: values.keys, by: \.metric.name)
        let histograms = Dictionary(grouping: state.histograms.keys, by: \.metric.name)
        var text = ""
        for (name, metric) in state.metrics.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(metric.help)\n# TYPE \(name) \(metric.kind.rawValue)\n"
            for series in (rows[name] ?? []).sorted(by: { $0.labels < $1.labels }) {
                let labels = series.labels.isEmpty ? "" : "{\(series.labels)}"
                text += "\(name)\(labels) \(MetricsHistogram.number(values[series] ?? 0))\n"
            }
            for series in (histograms[name] ?? []).sorted(by: { $0.labels < $1.labels }) {
                state.histograms[series]?.write(name, series.labels, to: &text)
            }
        }
        return text
    }
}
