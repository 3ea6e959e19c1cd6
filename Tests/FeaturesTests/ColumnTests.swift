import Market
import Schema
import Testing

@testable import Features

@Suite("Indicators over columns")
struct ColumnTests {
    /// Every indicator over bars that the catalogue has.
    static let names = FeatureCatalogue.families.filter(\.isOverBars).map { $0.outputs[0].name }

    @Test("An indicator that holds its memory holds that of all its windows", arguments: names)
    func holding(name: String) throws {
        var indicator: any BarIndicator = try FeatureCatalogue.indicator(named: "\(name)@1h")
        indicator.hold()
        let allHeld = Self.windows(in: indicator).allSatisfy { $0 }
        #expect(allHeld, "one of its windows is forgotten")
    }

    @Test("Windows are found in an indicator, held or not")
    func finding() throws {
        var indicator: any BarIndicator = StochasticOscillator(length: 14, k: 3, d: 3)
        #expect(Self.windows(in: indicator) == [false, false, false])
        indicator.hold()
        #expect(Self.windows(in: indicator) == [true, true, true])
    }

    /// Whether each window in a value holds its memory.
    private static func windows(in value: Any) -> [Bool] {
        if let memory = value as? WindowMemory { return [memory.isHeld] }
        return Mirror(reflecting: value).children.flatMap { windows(in: $0.value) }
    }

    @Test("Columns begin with the indicator's state and leave it as it was", arguments: names)
    func state(name: String) throws {
        let bars = try Self.bars(600)
        func check<Indicator: BarIndicator>(_ fresh: Indicator) {
            var stepped = fresh
            for row in 0..<300 { _ = stepped.update(Indicator.input(of: bars.bar(row))) }
            let before = stepped
            let columns = stepped.columns(of: bars, lines: 0..<Indicator.Output.count)
            #expect(stepped == before)
            for row in 0..<600 {
                let lines = stepped.update(Indicator.input(of: bars.bar(row)))
                for line in 0..<Indicator.Output.count {
                    let column = columns[line]
                    let same = lines.line(line).bitPattern == column[column.startIndex + row].bitPattern
                    guard !same else { continue }
                    Issue.record("row \(row) of line \(line)")
                    return
                }
            }
        }
        check(try FeatureCatalogue.indicator(named: "\(name)@1h"))
    }

    private static func bars(_ count: Int) throws -> CandleColumns {
        let instrument = Instrument("test.AAA-USD")
        var columns = CandleColumns(instrument: instrument, timeframe: .hour1)
        for case let row in Series.synthetic(seed: 11, hours: count + 50).steps.flatMap(\.rows)
        where row.instrument == instrument.name && columns.count < count {
            columns.append(
                try Candle(
                    instrument: instrument, timeframe: .hour1,
                    openTime: UnixNanos(milliseconds: row.openMilliseconds), open: row.open, high: row.high,
                    low: row.low, close: row.close, volume: row.volume, source: .file))
        }
        return columns
    }
}
