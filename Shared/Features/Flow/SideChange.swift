public import Market
public import Schema

/// Change of the newest value of a side series over some bars, as a fraction: open interest, active addresses.
///
/// `NaN` until a value was known that many bars ago.
public struct SideChange: BarIndicator {
    private let series: SideValue.Series
    private var newest: Double?
    /// As known at each of the newest bars, from the first value on.
    private var known: RollingWindow

    /// - Parameters:
    ///   - series: Which one.
    ///   - length: Bars that the change is taken over.
    public init(_ series: SideValue.Series, length: Int) {
        self.series = series
        known = RollingWindow(length)
    }

    public var warmUp: Int { known.length + 1 }

    public mutating func observe(_ event: MarketEvent) {
        guard case .side(let value) = event, value.series == series else { return }
        newest = value.value
    }

    @inline(__always)
    public mutating func hold() { known.hold() }

    public mutating func update(_ bar: Bar) -> Double {
        guard let newest else { return .nan }
        let before = known.push(newest)
        guard before.isThere else { return .nan }
        return before.number > 0 ? newest / before.number - 1 : 0
    }
}
