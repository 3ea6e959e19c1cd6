public import Schema

/// A trade together with its number, where the venue counts an instrument's trades without holes.
public struct NumberedTrade: Codable, Sendable, Hashable {
    public let trade: Trade
    public let sequence: UInt64?

    public init(trade: Trade, sequence: UInt64?) { (self.trade, self.sequence) = (trade, sequence) }
}
