/// Change of a threefold exponential average over one bar, in percent (TRIX).
///
/// J. Hutson, "Good TRIX", Stocks & Commodities 1:5, 1983.
public struct TripleExponentialOscillator: BarIndicator {
    private var chain: ExponentialChain
    private var previous: Double?

    public init(length: Int) { chain = ExponentialChain(length: length) }

    public var warmUp: Int { chain.warmUp + 1 }

    @inline(__always)
    public mutating func update(_ close: Double) -> Double {
        let average = chain.update(close).thrice
        guard !average.isNaN else { return .nan }
        defer { previous = average }
        guard let previous else { return .nan }
        return (average / previous - 1) * 100
    }
}
