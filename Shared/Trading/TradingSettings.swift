public import Schema

extension RiskSettings {
    public static let keys = [
        SettingKey("risk.base-fraction", "0.02", "position of a full signal, as a fraction of equity"),
        SettingKey("risk.position-cap", "0.05", "largest position that sizing may give, as a fraction of equity"),
        SettingKey("risk.volatility-target", "0.2", "annualised volatility above which positions shrink"),
        SettingKey("risk.allows-short", "true", "whether a sell signal opens a short position"),
        SettingKey("risk.minimum-confidence", "0", "confidence below which a prediction changes nothing"),
        SettingKey("risk.symbol-exposure", "0.1", "largest position, as a fraction of equity"),
        SettingKey("risk.gross-exposure", "0.5", "all positions together, as a fraction of equity"),
        SettingKey("risk.daily-loss", "0.05", "loss of a UTC day from which positions may only shrink"),
        SettingKey("risk.drawdown", "0.15", "loss since the peak from which an operator must resume"),
        SettingKey("risk.orders-per-hour", "120", "orders of all instruments within an hour"),
    ]

    /// `lookup`: Gives the text of a key, or `nil` where it is not set.
    public init(_ lookup: @escaping (String) -> String?) throws(SettingError) {
        self.init()
        let text = SettingText(lookup)
        baseFraction = try text.fraction("risk.base-fraction", otherwise: baseFraction)
        positionCap = try text.fraction("risk.position-cap", otherwise: positionCap)
        volatilityTarget = try text.number("risk.volatility-target", 0.0001...100, otherwise: volatilityTarget)
        allowsShort = try text.flag("risk.allows-short", otherwise: allowsShort)
        minimumConfidence = try text.fraction("risk.minimum-confidence", otherwise: minimumConfidence)
        symbolExposure = try text.fraction("risk.symbol-exposure", otherwise: symbolExposure)
        grossExposure = try text.number("risk.gross-exposure", 0...100, otherwise: grossExposure)
        dailyLoss = try text.fraction("risk.daily-loss", otherwise: dailyLoss)
        drawdown = try text.fraction("risk.drawdown", otherwise: drawdown)
        ordersPerHour = Int(try text.number("risk.orders-per-hour", 0...1_000_000, otherwise: Double(ordersPerHour)))
    }
}

extension ExecutionStage.Settings {
    public static let keys = [
        SettingKey("market.timeframe", "1h", "the timeframe whose candles trade and mark"),
        SettingKey("trading.cash", "100000", "what the account begins with, in quote currency"),
        SettingKey("paper.fee", "10", "the paper venue's fee, in basis points of a trade's value"),
        SettingKey("paper.half-spread", "1", "half the distance between best bid and ask, in basis points"),
        SettingKey("paper.impact", "20", "what taking a whole bar's volume moves the price, in basis points"),
    ]

    /// `lookup`: Gives the text of a key, or `nil` where it is not set.
    public init(_ lookup: @escaping (String) -> String?) throws(SettingError) {
        let text = SettingText(lookup)
        let name = lookup("market.timeframe") ?? "1h"
        guard let timeframe = Timeframe(rawValue: name) else {
            throw SettingError("market.timeframe: \"\(name)\" is no timeframe")
        }
        let fee = try text.decimal("paper.fee", otherwise: Decimal12(10), below: Decimal12(10_000))
        self.init(
            openingCash: try text.decimal(
                "trading.cash", otherwise: Decimal12(100_000), below: Decimal12(1_000_000_000_000)),
            timeframe: timeframe,
            venue: PaperVenueSettings(
                fees: FeeSchedule(makerBasisPoints: fee, takerBasisPoints: fee),
                halfSpread: try text.decimal("paper.half-spread", otherwise: Decimal12(1), below: Decimal12(5000)),
                impact: try text.decimal("paper.impact", otherwise: Decimal12(20), below: Decimal12(5000))))
    }
}

/// Reads the texts of settings and says what is wrong with one.
private struct SettingText {
    private let lookup: (String) -> String?

    init(_ lookup: @escaping (String) -> String?) { self.lookup = lookup }

    func number(
        _ key: String, _ range: ClosedRange<Double>, otherwise standard: Double
    ) throws(SettingError) -> Double {
        guard let text = lookup(key) else { return standard }
        guard let value = Double(text), range.contains(value) else {
            throw SettingError("\(key) must be a number in \(range.lowerBound)…\(range.upperBound), not \"\(text)\"")
        }
        return value
    }

    func fraction(_ key: String, otherwise standard: Double) throws(SettingError) -> Double {
        try number(key, 0...1, otherwise: standard)
    }

    func flag(_ key: String, otherwise standard: Bool) throws(SettingError) -> Bool {
        guard let text = lookup(key) else { return standard }
        guard let value = Bool(text) else { throw SettingError("\(key) must be true or false, not \"\(text)\"") }
        return value
    }

    func decimal(
        _ key: String, otherwise standard: Decimal12, below limit: Decimal12
    ) throws(SettingError) -> Decimal12 {
        guard let text = lookup(key) else { return standard }
        guard let value = Decimal12(text), value >= .zero, value < limit else {
            throw SettingError("\(key) must be a decimal number from 0 to below \(limit), not \"\(text)\"")
        }
        return value
    }
}
