public import Schema

/// One input of a model: its name and where it comes from.
public struct Feature: Sendable {
    public enum Group: String, Sendable, CaseIterable {
        case momentum, trend, volatility, volume, levels, calendar, crossTimeframe = "cross-timeframe"
    }

    /// What a formula may look at: closed candles only.
    struct Context {
        let primary: Readings<PrimaryReading>
        /// In the order of the feature set's longer timeframes.
        let higher: [Readings<HigherReading>]
        /// The close time of the primary candle.
        let closeTime: UnixNanos
    }

    /// Unique in its set; parameters are part of it.
    public let name: String
    public let group: Group
    /// The timeframe whose bars ``warmUp`` counts: the longest that it looks at.
    public let timeframe: Timeframe
    /// Bars of ``timeframe`` until the first value, that one's included.
    public let warmUp: Int
    /// What it says, with its unit and range.
    public let meaning: String
    /// Where it is described.
    public let source: String
    let formula: Formula

    /// A function of its own type: an array of bare functions would call each through a thunk.
    struct Formula: Sendable {
        let value: @Sendable (Context) -> Double
    }
}
