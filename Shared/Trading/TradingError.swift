public import Schema

/// What is wrong with a book or a setting of the trading room.
public enum TradingError: Error, Equatable, Sendable {
    /// Cash and cost differ from what was paid in, earned and paid in fees, by this much: a bug, never the world's doing.
    case unbalanced(Decimal12)
    /// A restored state belongs to other settings.
    case settings(String)
}

extension TradingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unbalanced(let difference): "the ledger is out of balance by \(difference)"
        case .settings(let detail): "the state does not fit the settings: \(detail)"
        }
    }
}
