public import Schema

/// One input of a model: its name, and where it comes from.
public struct Feature: Sendable, Equatable {
    /// How many bars something needs.
    public struct WarmUp: Sendable, Equatable {
        public let timeframe: Timeframe
        /// Bars until the first value, that one's included.
        public let bars: Int
    }

    /// A parameter and its value.
    public struct Parameter: Sendable, Equatable {
        public let name: String
        public let value: Double
    }

    /// Unique in its set: the catalogue's name, parameters, and the timeframe where it is not the primary one.
    public let name: String
    public let group: FeatureFamily.Group
    public let parameters: [Parameter]
    /// For each timeframe that it looks at, shortest first; empty where it looks at the clock alone.
    public let warmUps: [WarmUp]
    /// What it says, with its unit and range.
    public let meaning: String
    /// Where it is described.
    public let source: String
    public let cost: FeatureFamily.Cost
    /// Whether it is `NaN`, also after its warm-up, where there is nothing of what it looks at beside bars: no trades, no
    /// funding rates.
    public let mayBeMissing: Bool

    public var timeframes: [Timeframe] { warmUps.map(\.timeframe) }
    /// Bars of a timeframe until its first value; 0 where it does not look at that.
    public func warmUp(of timeframe: Timeframe) -> Int { warmUps.first { $0.timeframe == timeframe }?.bars ?? 0 }
}
