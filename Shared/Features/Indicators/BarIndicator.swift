public import Market
public import Schema

/// An indicator whose inputs are the bars of one timeframe, or one number of each.
///
/// To add one is to write its file and to name it in ``FeatureCatalogue``. What it gives is one number or, as
/// ``IndicatorLines``, several that are computed together.
public protocol BarIndicator: StreamingIndicator where Output: IndicatorLines {
    /// What it looks at of a bar: the bar itself, or its close, unless it says otherwise.
    static func input(of bar: Bar) -> Input

    /// Bars before the first value of a line, that one's included: ``StreamingIndicator/warmUp``, unless a line is earlier.
    func warmUp(ofLine line: Int) -> Int

    /// Takes something that happened since the bar before; most look at bars alone and let it pass.
    mutating func observe(_ event: MarketEvent)

    /// Takes the next bar and writes all lines to `values`, which has room for them.
    mutating func step(_ bar: Bar, into values: UnsafeMutablePointer<Double>)

    /// Some of the lines for whole columns of bars, starting from this state: bit for bit what ``step(_:into:)`` gives.
    func columns(of bars: CandleColumns, lines: Range<Int>) -> LineColumns

    /// All lines for whole columns of bars that close at `closes`, and for what happened between them.
    func columns(of bars: CandleColumns, closing closes: [UnixNanos], observing events: [MarketEvent]) -> LineColumns
}

/// Several numbers that an indicator computes together.
public protocol IndicatorLines: Sendable {
    static var count: Int { get }
    /// A line by its number, in the order in which the catalogue names them.
    func line(_ number: Int) -> Double
}

extension Double: IndicatorLines {
    public static var count: Int { 1 }
    public func line(_ number: Int) -> Double { self }
}

extension BarIndicator where Input == Bar {
    public static func input(of bar: Bar) -> Bar { bar }
}

extension BarIndicator where Input == Double {
    public static func input(of bar: Bar) -> Double { bar.close }
}

// These are the only implementations of what the protocol asks for beside `update`. As its requirements they are compiled
// once for each indicator, and so as fast as if they were written by hand for it.
extension BarIndicator {
    /// How many numbers it gives.
    public var lineCount: Int { Output.count }

    public func warmUp(ofLine line: Int) -> Int { warmUp }

    public mutating func observe(_ event: MarketEvent) {}

    public mutating func step(_ bar: Bar, into values: UnsafeMutablePointer<Double>) {
        let lines = update(Self.input(of: bar))
        for number in 0..<Output.count { values[number] = lines.line(number) }
    }

    public func columns(of bars: CandleColumns, lines: Range<Int>) -> LineColumns {
        precondition(lines.lowerBound >= 0 && lines.upperBound <= Output.count, "there are \(Output.count) lines")
        return LineColumns(of: self, over: bars, lines: lines) { _, _ in }
    }

    public func columns(
        of bars: CandleColumns, closing closes: [UnixNanos], observing events: [MarketEvent]
    ) -> LineColumns {
        var rest = events[...]
        return LineColumns(of: self, over: bars, lines: 0..<Output.count) { indicator, row in
            while let event = rest.first, event.visibleFrom <= closes[row] {
                indicator.observe(event)
                rest.removeFirst()
            }
        }
    }
}
