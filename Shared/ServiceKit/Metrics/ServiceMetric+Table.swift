/// The table of docs/metrics.md.
extension ServiceMetric {
    static var table: String {
        let rows = all.sorted { $0.name < $1.name }.map { metric in
            let labels = metric.labels.map { "`\($0.name)`: \($0.values.words)" }.joined(separator: "; ")
            return
                "| `\(metric.name)` | \(metric.kind.rawValue) | \(labels) | \(metric.scope.words) | \(metric.help) |\n"
        }
        return "| metric | type | labels | told by | what it is |\n| --- | --- | --- | --- | --- |\n" + rows.joined()
    }
}

extension ServiceMetric.Label.Values {
    fileprivate var words: String {
        switch self {
        case .inputs: "the services that it follows"
        case .oneOf(let values): values.joined(separator: ", ")
        case .few(let reason): reason
        }
    }
}

extension ServiceMetric.Scope {
    fileprivate var words: String {
        switch self {
        case .every: "every service"
        case .publishers: "all but the trainer"
        case .stages: "the five stages"
        case .only(let services) where services.count == 1: services[0]
        case .only: "the ingestor and the stages"
        }
    }
}
