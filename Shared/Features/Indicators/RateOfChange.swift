/// Change of the close over some bars, as a fraction (ROC; TA-Lib's ROCP).
public struct RateOfChange: StreamingIndicator {
    private var window: RollingWindow

    public init(length: Int) { window = RollingWindow(length) }

    public var warmUp: Int { window.length + 1 }

    public mutating func update(_ close: Double) -> Double {
        guard let before = window.push(close) else { return .nan }
        return close / before - 1
    }
}
