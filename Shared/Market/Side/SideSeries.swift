public import Schema

/// How a table holds a side series, and when its values could be known.
///
/// | layout | a value is about | and known |
/// | --- | --- | --- |
/// | ``fundingRate`` | the moment at which it is paid | at that moment |
/// | ``dailyFundingRate`` | a day, the mean of its rates; timed by the day's end | at that moment |
/// | ``openInterest`` | the moment at which it was counted | five minutes later, when the venue has listed it |
/// | ``activeAddresses`` | a day; timed by the day's end | a day later: chain statistics lag behind the chain |
/// | ``networkValueToTransactions`` | a day; timed by the day's end | a day later |
/// | ``fearAndGreed`` | a day; timed by the day's end | at that moment; its publisher shows it in the course of the day |
///
/// Where a source does not say when it published, the rule errs on the late side: a value that is known too late costs
/// a little, one known too early makes a backtest a lie.
public struct SideSeriesLayout: Sendable, Equatable {
    public let series: SideValue.Series
    let timeColumn: String
    let timeFormat: TimeFormat
    let valueColumn: String
    /// How long what a value sums up lasts from the time in the table, in nanoseconds; 0 for a moment.
    let span: Int64
    /// From the end of the span until the value is known, in nanoseconds.
    let delay: Int64
    /// Rows of other content in this column are passed over.
    let filter: Filter?

    struct Filter: Sendable, Equatable {
        let column: String
        let value: String
    }

    private static let day: Int64 = 86_400_000_000_000

    public init(
        _ series: SideValue.Series, timeColumn: String, timeFormat: TimeFormat, valueColumn: String, span: Int64 = 0,
        delay: Int64 = 0
    ) {
        self.init(series, timeColumn, timeFormat, valueColumn, span: span, delay: delay, filter: nil)
    }

    private init(
        _ series: SideValue.Series, _ timeColumn: String, _ timeFormat: TimeFormat, _ valueColumn: String,
        span: Int64 = 0, delay: Int64 = 0, filter: Filter? = nil
    ) {
        precondition(span >= 0 && delay >= 0, "nothing is known before it has happened")
        (self.series, self.timeColumn, self.timeFormat) = (series, timeColumn, timeFormat)
        (self.valueColumn, self.span, self.delay, self.filter) = (valueColumn, span, delay, filter)
    }

    /// `funding_time_ms,funding_rate`.
    public static let fundingRate = Self(.fundingRate, "funding_time_ms", .milliseconds, "funding_rate")

    /// `symbol,date,funding_avg`, of one symbol.
    public static func dailyFundingRate(symbol: String) -> Self {
        Self(
            .fundingRate, "date", .iso8601, "funding_avg", span: day, filter: Filter(column: "symbol", value: symbol))
    }

    /// `time_ms,open_interest_base`.
    public static let openInterest = Self(
        .openInterest, "time_ms", .milliseconds, "open_interest_base", delay: 300_000_000_000)

    /// `date,unique_addresses`.
    public static let activeAddresses = Self(
        .activeAddresses, "date", .iso8601, "unique_addresses", span: day, delay: day)

    /// `time,nvt`, the time in Unix seconds.
    public static let networkValueToTransactions = Self(
        .networkValueToTransactions, "time", .seconds, "nvt", span: day, delay: day)

    /// `date,fng`.
    public static let fearAndGreed = Self(.fearAndGreed, "date", .iso8601, "fng", span: day)
}

extension SideSeriesLayout {
    /// Reads a table.
    ///
    /// - Parameters:
    ///   - source: Comma-separated text with a header.
    ///   - instrument: What the values are about.
    /// - Returns: The values, in the order of the table.
    /// - Throws: ``MarketError`` for a damaged file, a missing column, or a line that cannot be read.
    public func values(in source: any ByteSource, of instrument: Instrument) throws(MarketError) -> [SideValue] {
        var records = try CSVRecords(source)
        let (time, value) = (try records.column(timeColumn), try records.column(valueColumn))
        var filtered: (column: Int, value: String)?
        if let filter { filtered = (try records.column(filter.column), filter.value) }
        var values: [SideValue] = []
        while let fields = try records.next() {
            if let filtered, fields[filtered.column] != filtered.value { continue }
            values.append(try sideValue(fields[time], fields[value], instrument, records))
        }
        return values
    }

    private func sideValue(
        _ time: String, _ value: String, _ instrument: Instrument, _ records: CSVRecords
    ) throws(MarketError) -> SideValue {
        guard let moment = timeFormat.moment(Array(time.utf8)), moment.rawValue <= .max - span - delay,
            let number = Double(value)
        else {
            throw .line(path: records.name, line: records.line, reason: "time \"\(time)\", value \"\(value)\"")
        }
        let end = moment.advanced(by: span)
        do throws(SchemaError) {
            return try SideValue(
                series: series, instrument: instrument, value: number, time: end, knownAt: end.advanced(by: delay))
        } catch {
            throw .line(path: records.name, line: records.line, reason: "\(error)")
        }
    }
}
