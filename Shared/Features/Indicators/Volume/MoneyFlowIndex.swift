/// Share of the money that flowed while the typical price rose, 0…100 (MFI).
///
/// G. Quong and A. Soudack, "Volume-Weighted RSI: Money Flow", Stocks & Commodities 7:3, 1989. A price that changed by mere
/// rounding counts as unchanged and to neither side; without any flow it is 0, both as in TA-Lib.
public struct MoneyFlowIndex: BarIndicator {
    private var previous: Double?
    /// Of the flows, with the sign of the price's change.
    private var flows: SignedSums

    public init(length: Int) { flows = SignedSums(length) }

    public var warmUp: Int { flows.length + 1 }

    @inline(__always)
    public mutating func hold() { flows.hold() }

    @inline(__always)
    public mutating func update(_ bar: Bar) -> Double {
        let price = bar.typicalPrice
        defer { previous = price }
        guard let previous else { return .nan }
        let change = price - previous
        let flow = abs(change) > 1e-12 * price ? price * bar.volume : 0
        flows.push(Double(signOf: change, magnitudeOf: flow))
        guard flows.isFull else { return .nan }
        return flows.total > 0 ? 50 * (1 + flows.balance / flows.total) : 0
    }
}
