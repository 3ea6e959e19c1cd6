public import Market
public import Schema

/// The newest value of a side series, in its own unit: the fear and greed index, network value to transactions.
///
/// `NaN` until one is known.
public struct SideLevel: BarIndicator {
    private let series: SideValue.Series
    private var newest: Double?

    public init(_ series: SideValue.Series) { self.series = series }

    public var warmUp: Int { 1 }

    public mutating func observe(_ event: MarketEvent) {
        guard case .side(let value) = event, value.series == series else { return }
        newest = value.value
    }

    public mutating func update(_ bar: Bar) -> Double { newest ?? .nan }
}
