/// What the risk gate may do.
public enum TradingState: String, Codable, Sendable, CaseIterable {
    /// Orders may open and close positions.
    case active
    /// Orders may only make positions smaller.
    case reducing
    /// No orders.
    case halted
}

/// A change of what the pipeline does, made by an operator or a service.
///
/// It is part of the feed and takes effect at its position there, so that a replay repeats it.
public struct Control: Codable, Sendable, Hashable {
    public enum Change: Codable, Sendable, Hashable {
        /// From here on `alias` means this model version, which trades this share (0…1) of the instruments where the alias
        /// is one that trades.
        case modelActivated(alias: String, version: String, share: Double = 1)
        case tradingStateChanged(TradingState, reason: String)
    }

    /// Identifies the request; asking twice changes nothing.
    public let id: String
    public let change: Change

    public init(id: String, change: Change) { (self.id, self.change) = (id, change) }
}
