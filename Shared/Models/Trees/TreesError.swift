/// What goes wrong with gradient-boosted trees.
public enum TreesError: Error, Equatable, Sendable {
    /// Rows, columns or labels that contradict themselves.
    case data(String)
    /// A setting outside its range.
    case configuration(String)
    /// Bytes that are no model of ours, or one that would read beyond its own trees.
    case model(String)
    /// XGBoost refused a call.
    case library(function: String, reason: String)
}

extension TreesError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .data(let reason): "the rows are wrong: \(reason)"
        case .configuration(let reason): "the configuration is wrong: \(reason)"
        case .model(let reason): "not a usable tree model: \(reason)"
        case .library(let function, let reason): "\(function): \(reason.prefix(1000))"
        }
    }
}
