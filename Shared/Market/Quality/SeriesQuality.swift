internal import Schema

/// Judges the rows of one series as they come, by the rules of the feed: see ``FeedBuilder``.
struct SeriesQuality: Sendable {
    private let instrument: Instrument
    private let timeframe: Timeframe
    private(set) var report = QualityReport()
    private var coverage = Coverage()
    private var detector = OutlierDetector()
    private let outlierScore: Double?
    /// Unix milliseconds at which the next candle opens when nothing is missing.
    private var expected: Int64 = .min

    /// `outlierScore`: From which on a close is an outlier; `nil` looks for none, which is faster.
    init(instrument: Instrument, timeframe: Timeframe, outlierScore: Double?) {
        (self.instrument, self.timeframe, self.outlierScore) = (instrument, timeframe, outlierScore)
    }

    /// Takes numbers in which nothing is wrong, right after the candle before: nearly every row, at little cost.
    ///
    /// - Returns: The open time; `nil` where ``accept(_:line:)`` must look closer.
    @inline(__always)
    mutating func acceptPlain(_ row: CSVLineParser.Numbers) -> UnixNanos? {
        // Comparisons with a NaN are false.
        guard row.time == expected, row.low > 0, row.low <= row.open, row.low <= row.close, row.high >= row.open,
            row.high >= row.close, row.high < .infinity, row.volume > 0, row.volume < .infinity
        else { return nil }
        let openTime = UnixNanos(milliseconds: row.time)
        guard openTime.rawValue <= .max - 2 * timeframe.nanoseconds else { return nil }
        report.rows += 1
        take(openTime, close: row.close)
        return openTime
    }

    /// Takes a row; the candle, or `nil` when it is none or not the next.
    mutating func accept(_ row: CandleRow, line: Int) -> Candle? {
        report.rows += 1
        guard let openTime = row.openTime else {
            malformed(line, "open time \(row.openMilliseconds) ms")
            return nil
        }
        let candle: Candle
        switch row.checked(as: instrument, openTime: openTime) {
        case .success(let valid): candle = valid
        case .failure(let flaw):
            if flaw.kind == .ohlcViolation {
                report.ohlcViolations.append(openTime)
            } else {
                malformed(line, flaw.detail)
            }
            return nil
        }
        guard !coverage.contains(openTime) else {
            report.duplicates += 1
            return nil
        }
        if let last = coverage.last, openTime < last {
            report.outOfOrder += 1
            return nil
        }
        if candle.volume == 0 { report.zeroVolume.append(openTime) }
        take(openTime, close: candle.close)
        return candle
    }

    /// Takes a line that cannot be read.
    mutating func accept(malformed reason: String, line: Int) {
        report.rows += 1
        malformed(line, reason)
    }

    private mutating func malformed(_ line: Int, _ reason: String) {
        report.malformed.append(QualityReport.Malformed(line: line, reason: reason))
    }

    @inline(__always)
    private mutating func take(_ openTime: UnixNanos, close: Double) {
        if let gap = coverage.append(openTime, timeframe: timeframe) {
            report.gaps.append(QualityReport.Gap(from: gap.from, to: openTime, missing: gap.count))
        }
        if report.first == nil { report.first = openTime }
        report.last = openTime
        expected = openTime.advanced(by: timeframe.nanoseconds).milliseconds
        guard let outlierScore else { return }
        if let finding = detector.judge(close, at: openTime, timeframe: timeframe, threshold: outlierScore) {
            report.outliers.append(QualityReport.Outlier(openTime: openTime, finding: finding))
        }
    }
}
