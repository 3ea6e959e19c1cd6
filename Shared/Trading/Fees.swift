public import Schema

/// What a venue takes of each trade, as fractions of its value: 0.001 is 10 basis points.
public struct FeeSchedule: Codable, Sendable, Hashable {
    /// For an order that rested in the book.
    public var maker: Decimal12
    /// For an order that took what rested there.
    public var taker: Decimal12

    public init(maker: Decimal12, taker: Decimal12) { (self.maker, self.taker) = (maker, taker) }
    public init(makerBasisPoints: Decimal12, takerBasisPoints: Decimal12) {
        self.init(maker: Decimal12(basisPoints: makerBasisPoints), taker: Decimal12(basisPoints: takerBasisPoints))
    }

    /// The fee of a trade in quote currency.
    public func fee(price: Decimal12, quantity: Decimal12, isMaker: Bool) -> Decimal12 {
        price.multiplied(by: quantity).multiplied(by: isMaker ? maker : taker)
    }
}

/// The settlement of a spot trade at a venue that takes its fee from what is received: base by a buyer, quote by a seller.
public struct SpotSettlement: Sendable, Hashable {
    /// Change of the base balance.
    public let base: Decimal12
    /// Change of the quote balance.
    public let quote: Decimal12
    /// The fee, in base currency for a buyer and in quote currency for a seller.
    public let fee: Decimal12

    public init(side: Side, price: Decimal12, quantity: Decimal12, rate: Decimal12) {
        let value = price.multiplied(by: quantity)
        switch side {
        case .buy:
            fee = quantity.multiplied(by: rate)
            base = quantity - fee
            quote = -value
        case .sell:
            fee = value.multiplied(by: rate)
            base = -quantity
            quote = value - fee
        }
    }
}
