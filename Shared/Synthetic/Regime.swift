/// A state of the market that lasts for a while.
public enum Regime: Int, Codable, Sendable, CaseIterable {
    case calm, normal, turbulent
}

/// How the market behaves in a regime.
public struct RegimeProfile: Codable, Sendable, Hashable {
    /// Expected return of a year, as a fraction.
    public var drift: Double
    /// Volatility of a year, as a fraction (0.5 = 50 %).
    public var volatility: Double
    /// Hours that the regime lasts on average.
    public var meanHours: Double

    public init(drift: Double, volatility: Double, meanHours: Double) {
        self.drift = drift
        self.volatility = volatility
        self.meanHours = meanHours
    }
}
