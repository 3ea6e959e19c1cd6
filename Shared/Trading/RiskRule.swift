public import Schema

/// The rules that the risk gate asks, in its order: when one is asked, so were all before it.
public enum RiskRule: Int, Sendable, CaseIterable {
    /// The prediction's numbers are finite and its price above zero; 1 when they are.
    case input
    /// The prediction's age in seconds at the watermark; it must be 0.
    case fresh
    /// Equity by an account of this very watermark, in quote currency; it must be above 0.
    case equity
    /// The prediction's confidence; at least the limit.
    case confidence
    /// Orders of the instrument not yet done; there must be none.
    case openOrder
    /// Orders within the last hour; fewer than the limit.
    case orderRate
    /// The loss of the UTC day as a fraction; from the limit on, positions only shrink.
    case dailyLoss
    /// The loss from the peak as a fraction; from the limit on, positions only shrink, until an operator resumes.
    case drawdown
    /// 0 active, 1 reducing, 2 halted; fails when the state forbids or shortens the order.
    case tradingState
    /// The change wanted as a share of the larger position; at least the limit.
    case noTradeBand
    /// The position wanted as a fraction of equity; above the limit it is cut to it.
    case symbolExposure
    /// All positions with it as a fraction of equity; above the limit it is cut to what is left.
    case grossExposure
    /// The order's value in quote currency; at least the venue's minimum.
    case minimumOrder

    /// How a ``Schema/Decision/Verdict`` names it.
    public var name: Name { Self.names[rawValue] }

    private static let names: [Name] = [
        "input", "data-fresh", "equity-known", "confidence", "open-order",
        "order-rate", "daily-loss", "drawdown", "trading-state", "no-trade-band",
        "symbol-exposure", "gross-exposure", "minimum-order",
    ]
}
