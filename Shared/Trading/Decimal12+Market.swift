public import Schema

extension Decimal12 {
    /// How a number between two multiples of a step is rounded to the nearer one when it lies exactly in the middle.
    public enum Tie: Sendable, Hashable {
        case awayFromZero, toEven
    }

    /// The money of a market-data price or volume, which is binary: 8 decimal places, or 12 below one.
    ///
    /// Exchanges publish at most that many, so the decimal number they printed comes back.
    ///
    /// - Returns: `nil` for numbers that are not finite, or too large for the ledger (9 × 10¹⁰).
    public init?(market value: Double) {
        // What `init(_:places:)` does, with the powers of ten written out; a backtest comes here several times a bar.
        let isSmall = abs(value) < 1
        let scaled = value * (isSmall ? 1e12 : 1e8)
        guard abs(scaled) < 9e18 else { return nil }
        let towardsZero = Int64(scaled)
        let rest = scaled - Double(towardsZero)
        let nearest = towardsZero + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0)
        self.init(units: Int128(nearest) * (isSmall ? 1 : 10_000))
    }

    /// A number of basis points as a fraction: 1 bp is 0.0001.
    public init(basisPoints: Decimal12) {
        self = basisPoints.multiplied(by: Decimal12(units: Self.one128 / 10_000))
    }

    /// The multiple of `step` nearest to the value; `step` must be above zero.
    public func rounded(toNearest step: Self, tie: Tie = .awayFromZero) -> Self {
        let below = roundedDown(toMultipleOf: step)
        let twice = (units - below.units) * 2
        if twice < step.units { return below }
        if twice > step.units { return below + step }
        switch tie {
        case .awayFromZero: return isNegative ? below : below + step
        case .toEven: return (below.units / step.units) % 2 == 0 ? below : below + step
        }
    }

    /// The multiple of `step` nearest to the value that is not farther from zero; `step` must be above zero.
    public func truncated(toMultipleOf step: Self) -> Self { Self(units: units - units % step.units) }
}
