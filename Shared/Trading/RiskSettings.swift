internal import Schema

/// How large a position may be and what stops it; the defaults are for a small account traded by one model.
public struct RiskSettings: Codable, Sendable, Hashable {
    // Sizing

    /// The position of a full signal, as a fraction of equity: 2 %.
    public var baseFraction: Double
    /// The largest position that sizing may give, as a fraction of equity: 5 %.
    public var positionCap: Double
    /// The annualised volatility above which positions shrink in proportion: 0.2.
    public var volatilityTarget: Double
    /// Whether a sell signal opens a short position, or only closes a long one.
    public var allowsShort: Bool
    /// The least change of a position worth an order, as a share of the larger of the wanted and the present one: 0.25.
    ///
    /// Closing and turning a position always pass.
    public var noTradeBand: Double

    // Limits

    /// Below it a prediction changes nothing, 0…1; at zero every one counts, since confidence scales the size anyway.
    public var minimumConfidence: Double
    /// The value of a position, as a fraction of equity: 10 %.
    public var symbolExposure: Double
    /// The value of all positions without their signs, as a fraction of equity: 50 %.
    public var grossExposure: Double
    /// The loss since 00:00 UTC, as a fraction of equity then, from which positions may only shrink that day: 5 %.
    public var dailyLoss: Double
    /// The loss since the highest equity from which positions may only shrink until an operator resumes: 15 %.
    public var drawdown: Double
    /// Orders of all instruments within an hour: 120.
    public var ordersPerHour: Int

    // What goes out

    /// Whether a decision that orders nothing is emitted too.
    public var recordHolds: Bool
    public var rules: RuleBook

    public init(
        baseFraction: Double = 0.02, positionCap: Double = 0.05, volatilityTarget: Double = 0.2,
        allowsShort: Bool = true, noTradeBand: Double = 0.25, minimumConfidence: Double = 0,
        symbolExposure: Double = 0.1, grossExposure: Double = 0.5, dailyLoss: Double = 0.05, drawdown: Double = 0.15,
        ordersPerHour: Int = 120, recordHolds: Bool = true, rules: RuleBook = .standard
    ) {
        self.baseFraction = baseFraction
        self.positionCap = positionCap
        self.volatilityTarget = volatilityTarget
        self.allowsShort = allowsShort
        self.noTradeBand = noTradeBand
        self.minimumConfidence = minimumConfidence
        self.symbolExposure = symbolExposure
        self.grossExposure = grossExposure
        self.dailyLoss = dailyLoss
        self.drawdown = drawdown
        self.ordersPerHour = ordersPerHour
        self.recordHolds = recordHolds
        self.rules = rules
    }

    /// The signed position of a prediction, as a fraction of equity.
    ///
    /// base × |signal| / 2 × confidence × min(1, target / volatility), at most ``positionCap``; with the signal's sign.
    public func fraction(signal: Double, confidence: Double, volatility: Double) -> Double {
        let calm = volatility > volatilityTarget ? volatilityTarget / volatility : 1
        let size = min(baseFraction * min(abs(signal), 2) / 2 * min(max(confidence, 0), 1) * calm, positionCap)
        return signal > 0 ? size : allowsShort && signal < 0 ? -size : 0
    }
}

/// The rules that the risk gate asks, in its order; the raw value is the name in a ``Schema/Decision/Verdict``.
public enum RiskRule: String, Codable, Sendable, CaseIterable {
    /// The prediction's numbers are finite and its price above zero; 1 when they are.
    case input = "input"
    /// The prediction's age in seconds at the watermark; it must be 0.
    case fresh = "data-fresh"
    /// Equity by an account of this very watermark, in quote currency; it must be above 0.
    case equity = "equity-known"
    /// The prediction's confidence; at least the limit.
    case confidence = "confidence"
    /// Orders of the instrument not yet done; there must be none.
    case openOrder = "open-order"
    /// Orders within the last hour; fewer than the limit.
    case orderRate = "order-rate"
    /// The loss of the UTC day as a fraction; from the limit on, positions only shrink.
    case dailyLoss = "daily-loss"
    /// The loss from the peak as a fraction; from the limit on, positions only shrink, until an operator resumes.
    case drawdown = "drawdown"
    /// 0 active, 1 reducing, 2 halted; fails when the state forbids or shortens the order.
    case tradingState = "trading-state"
    /// The change wanted as a share of the larger position; at least the limit.
    case noTradeBand = "no-trade-band"
    /// The position wanted as a fraction of equity; above the limit it is cut to it.
    case symbolExposure = "symbol-exposure"
    /// All positions with it as a fraction of equity; above the limit it is cut to what is left.
    case grossExposure = "gross-exposure"
    /// The order's value in quote currency; at least the venue's minimum.
    case minimumOrder = "minimum-order"
}
