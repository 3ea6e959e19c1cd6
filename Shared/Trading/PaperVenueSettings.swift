public import Schema

/// What the paper venue costs and allows; the defaults are those of a retail account on a large spot venue.
public struct PaperVenueSettings: Codable, Sendable, Hashable {
    /// Of each trade's value.
    public var fees: FeeSchedule
    /// Half the distance between best bid and best ask, in basis points of the price; paid by every taker.
    public var halfSpread: Decimal12
    /// What taking a whole bar's volume moves the price against the taker, in basis points; linear in the share taken.
    public var impact: Decimal12
    /// The share of a bar's volume that all orders of an instrument may fill in it, above 0 and at most 1.
    public var participation: Decimal12
    /// How many bars of the base timeframe an order stays open.
    public var lifetimeBars: Int

    /// - Parameters:
    ///   - fees: 10 basis points for maker and taker.
    ///   - halfSpread: In basis points.
    ///   - impact: In basis points for a whole bar's volume.
    ///   - participation: 0.1 is a tenth of the bar's volume.
    ///   - lifetimeBars: At least 1.
    public init(
        fees: FeeSchedule = FeeSchedule(makerBasisPoints: Decimal12(10), takerBasisPoints: Decimal12(10)),
        halfSpread: Decimal12 = Decimal12(1), impact: Decimal12 = Decimal12(20),
        participation: Decimal12 = Decimal12(units: Decimal12.one128 / 10), lifetimeBars: Int = 24
    ) {
        precondition(halfSpread >= .zero && impact >= .zero, "slippage is a cost")
        precondition(halfSpread + impact < Decimal12(10_000), "slippage below the whole price")
        precondition(participation > .zero && participation <= .one, "participation above 0 and at most 1")
        precondition(lifetimeBars >= 1, "an order lives for at least one bar")
        self.fees = fees
        self.halfSpread = halfSpread
        self.impact = impact
        self.participation = participation
        self.lifetimeBars = lifetimeBars
    }

    /// The cost of taking a share of a bar's volume, as a fraction of the price.
    func slippage(participation share: Decimal12) -> Decimal12 {
        Decimal12(basisPoints: halfSpread + impact.multiplied(by: share))
    }
}
