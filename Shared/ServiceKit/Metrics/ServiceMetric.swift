internal import Pipeline

/// One of the numbers that services tell Prometheus: what it is called, what it means, and who tells it.
///
/// Names follow Prometheus's conventions: base units in the name, `_total` for counters. A metric can only be told by its
/// definition, so that help and type are always there and docs/metrics.md has them all.
public struct ServiceMetric: Sendable, Hashable {
    public enum Kind: String, Sendable { case counter, gauge, histogram }

    /// A label, and what bounds the number of its values.
    public struct Label: Sendable, Hashable {
        public enum Values: Sendable, Hashable {
            /// The services that the one at hand follows.
            case inputs
            case oneOf([String])
            /// Any value, but so few at a time as the reason says; series of values that are gone are taken away.
            case few(because: String)
        }

        public let name: String
        public let values: Values

        public init(_ name: String, _ values: Values) { (self.name, self.values) = (name, values) }
        public init(_ name: String, oneOf values: [String]) { self.init(name, .oneOf(values)) }
    }

    /// Which services tell it.
    public enum Scope: Sendable, Hashable {
        case every
        /// All that have a log of their own: every service but the trainer.
        case publishers
        case stages
        case only([String])

        public var services: [String] {
            switch self {
            case .every: Topology.services
            case .publishers: Topology.services.filter { $0 != Topology.trainer }
            case .stages: Topology.stages
            case .only(let services): services
            }
        }
    }

    public let name: String
    public let kind: Kind
    /// One sentence for a person, without a full stop.
    public let help: String
    public let labels: [Label]
    public let scope: Scope

    public init(_ name: String, _ kind: Kind, _ help: String, labels: [Label] = [], by scope: Scope) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
        self.scope = scope
    }

    /// One series of a metric: its name with its labels as they are printed, made once and used often.
    public struct Series: Sendable, Hashable {
        let metric: ServiceMetric
        let labels: String

        public static func == (lhs: Self, rhs: Self) -> Bool {
            lhs.metric.name == rhs.metric.name && lhs.labels == rhs.labels
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(metric.name)
            hasher.combine(labels)
        }
    }

    /// The series of these labels, which must be the definition's.
    public func series(_ values: [String: String] = [:]) -> Series {
        assert(Set(values.keys) == Set(labels.map(\.name)), "\(name) has the labels \(labels.map(\.name))")
        assert(values.allSatisfy { name, value in allows(value, of: name) }, "\(name) has no series \(values)")
        let text = labels.map { "\($0.name)=\"\(Self.escaped(values[$0.name] ?? ""))\"" }.joined(separator: ",")
        return Series(metric: self, labels: text)
    }

    private func allows(_ value: String, of label: String) -> Bool {
        guard case .oneOf(let values)? = labels.first(where: { $0.name == label })?.values else { return true }
        return values.contains(value)
    }

    /// Every series whose labels are known beforehand, so that it is there from the start, at zero.
    func series(of service: String) -> [Series] {
        var rows: [[String: String]] = [[:]]
        for label in labels {
            let values: [String]
            switch label.values {
            case .inputs: values = Topology.inputs(of: service).map(\.source)
            case .oneOf(let known): values = known
            case .few: return []
            }
            rows = rows.flatMap { row in values.map { row.merging([label.name: $0]) { $1 } } }
        }
        return rows.map { series($0) }
    }

    private static func escaped(_ value: String) -> String {
        guard value.contains(where: { $0 == "\\" || $0 == "\"" || $0 == "\n" }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
