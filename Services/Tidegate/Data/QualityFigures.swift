internal import Market
internal import Schema

/// What was found in a series of candles, as it is printed.
struct QualityFigures: Encodable, Equatable {
    struct Gap: Encodable, Equatable {
        /// The open time of the first candle that is missing.
        let from: String
        /// The open time of the first that is there again.
        let to: String
        let missing: Int
    }

    struct Outlier: Encodable, Equatable {
        let time: String
        let logReturn: Double
        /// The robust z-score.
        let score: Double
    }

    /// The first file where there are several.
    let file: String
    let files: Int
    let instrument: String
    let timeframe: String
    let rows: Int
    @Nullable var first: String?
    @Nullable var last: String?
    let duplicates: Int
    let outOfOrder: Int
    let gaps: [Gap]
    let zeroVolume: Int
    let zeroVolumeTimes: [String]
    let ohlcViolations: Int
    let ohlcViolationTimes: [String]
    let outliers: Int
    let outlierTimes: [Outlier]
    let malformed: Int
    /// Why the first of them is malformed.
    @Nullable var malformedExample: String?

    init(_ report: QualityReport, of files: [CandleFile]) {
        file = files[0].path
        self.files = files.count
        (instrument, timeframe) = (files[0].instrument.name, files[0].timeframe.rawValue)
        (rows, duplicates, outOfOrder) = (report.rows, report.duplicates, report.outOfOrder)
        (first, last) = (report.first?.description, report.last?.description)
        gaps = report.gaps.map { Gap(from: $0.from.description, to: $0.to.description, missing: $0.missing) }
        zeroVolumeTimes = report.zeroVolume.map(\.description)
        zeroVolume = zeroVolumeTimes.count
        ohlcViolationTimes = report.ohlcViolations.map(\.description)
        ohlcViolations = ohlcViolationTimes.count
        outlierTimes = report.outliers.map {
            Outlier(time: $0.openTime.description, logReturn: $0.finding.logReturn, score: $0.finding.score)
        }
        outliers = outlierTimes.count
        malformed = report.malformed.count
        malformedExample = report.malformed.first.map { "line \($0.line): \($0.reason)" }
    }

    /// Candles that are missing in all gaps.
    var missing: Int { gaps.reduce(0) { $0 + $1.missing } }

    /// Whether nothing was found.
    var isClean: Bool {
        duplicates + outOfOrder + gaps.count + zeroVolume + ohlcViolations + outliers + malformed == 0
    }

    /// One line for each thing found, at most so many of a kind.
    func details(atMost count: Int) -> [String] {
        func some(_ lines: [String], _ what: String) -> [String] {
            lines.count <= count
                ? lines : lines.prefix(count) + ["… and \(lines.count - count) more \(what); --json lists all"]
        }
        return some(gaps.map { "gap: \($0.missing) missing from \($0.from) to \($0.to)" }, "gaps")
            + some(zeroVolumeTimes.map { "no trades: \($0)" }, "without trades")
            + some(ohlcViolationTimes.map { "prices contradict each other: \($0)" }, "with contradicting prices")
            + some(
                outlierTimes.map {
                    "outlier: \($0.time), \(Figures.number($0.logReturn * 100)) % (log), score \(Figures.number($0.score))"
                },
                "outliers")
            + (malformedExample.map { ["unreadable: \($0)\(malformed > 1 ? ", and \(malformed - 1) more" : "")"] } ?? [])
    }

    /// A table with a row for each series.
    static func table(_ figures: [Self]) -> String {
        var table = TextTable(columns: [
            "file", "instrument", "tf", "rows", "first", "last", "dup", "order", "gaps", "missing", "zero vol", "ohlc",
            "outliers", "bad",
        ])
        for one in figures {
            table.add(
                [
                    one.files > 1 ? "\(one.file) (+\(one.files - 1))" : one.file, one.instrument, one.timeframe,
                    "\(one.rows)", one.first ?? "-", one.last ?? "-", "\(one.duplicates)", "\(one.outOfOrder)",
                    "\(one.gaps.count)", "\(one.missing)", "\(one.zeroVolume)", "\(one.ohlcViolations)",
                    "\(one.outliers)", "\(one.malformed)",
                ])
        }
        return table.text
    }
}
