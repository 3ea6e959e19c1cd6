internal import Schema

/// Who began a trade, told by the price: a trade above the one before was a buyer's, one below it a seller's, and one at the
/// same price like the last that moved it.
///
/// C. Lee and M. Ready, "Inferring Trade Direction from Intraday Data", Journal of Finance, 1991.
struct TickRule: Codable, Sendable, Equatable {
    private var price: Double?
    private var direction = 0.0

    /// 1 for a buyer's, −1 for a seller's; 0 until the price has moved.
    mutating func direction(of trade: Trade) -> Double {
        defer { price = trade.price }
        guard let price else { return 0 }
        if trade.price > price { direction = 1 } else if trade.price < price { direction = -1 }
        return direction
    }
}
