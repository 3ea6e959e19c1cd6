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

    public var rules: RuleBook

    public init(
        baseFraction: Double = 0.02, positionCap: Double = 0.05, volatilityTarget: Double = 0.2,
        allowsShort: Bool = true, noTradeBand: Double = 0.25, minimumConfidence: Double = 0,
        symbolExposure: Double = 0.1, grossExposure: Double = 0.5, dailyLoss: Double = 0.05, drawdown: Double = 0.15,
        ordersPerHour: Int = 120, rules: RuleBook = .standard
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
