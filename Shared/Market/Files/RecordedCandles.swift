public import Schema

/// Several recorded series merged into steps of time.
///
/// A file's own order is kept: a row that goes back in time comes with the step at which it was met, for the feed to
/// judge. Not `Sendable`: one task reads the files.
public struct RecordedCandles {
    /// One series and its next row.
    private struct Head {
        var reader: CSVCandles
        var row: CandleRow?
    }

    private var heads: [Head]
    private let from: UnixNanos?
    private let to: UnixNanos?
    private var malformed: [MalformedRow] = []

    /// Merges series: of each, the rows up to the first that opens at or after `from`, and those that close after `to`,
    /// are passed over.
    ///
    /// - Throws: ``MarketError/file(path:reason:)`` when a file is damaged.
    public init(_ readers: [CSVCandles], from: UnixNanos? = nil, to: UnixNanos? = nil) throws(MarketError) {
        heads = readers.map { Head(reader: $0, row: nil) }
        self.from = from
        self.to = to
        for index in heads.indices { try start(index) }
    }

    /// The next moment's rows; `nil` after the last.
    ///
    /// - Throws: ``MarketError/file(path:reason:)`` when a file is damaged.
    public mutating func next() throws(MarketError) -> FeedStep? {
        guard let time = heads.compactMap({ $0.row.flatMap(Self.closeTime) }).min() else { return nil }
        var rows: [CandleRow] = []
        for index in heads.indices {
            while let row = heads[index].row, let closeTime = Self.closeTime(row), closeTime <= time {
                rows.append(row)
                try advance(index)
            }
        }
        defer { malformed.removeAll() }
        return FeedStep(closeTime: time, rows: rows, malformed: malformed)
    }

    /// Finds the first row of a series; what was met before `from` belongs to an earlier run.
    private mutating func start(_ index: Int) throws(MarketError) {
        let count = malformed.count
        try advance(index)
        guard let from else { return }
        while let row = heads[index].row, let openTime = row.openTime, openTime < from { try advance(index) }
        malformed.removeSubrange(count...)
    }

    private mutating func advance(_ index: Int) throws(MarketError) {
        while let record = try heads[index].reader.next() {
            switch record {
            case .malformed(let line, let reason): report(index, line: line, reason: reason)
            case .candle(let row):
                guard let closeTime = Self.closeTime(row) else {
                    report(index, line: 0, reason: "open time \(row.openMilliseconds) ms")
                    continue
                }
                if let to, closeTime > to { continue }
                heads[index].row = row
                return
            }
        }
        heads[index].row = nil
    }

    private mutating func report(_ index: Int, line: Int, reason: String) {
        let reader = heads[index].reader
        malformed.append(
            MalformedRow(instrument: reader.instrument, timeframe: reader.timeframe, line: line, reason: reason))
    }

    private static func closeTime(_ row: CandleRow) -> UnixNanos? {
        row.openTime?.advanced(by: row.timeframe.nanoseconds)
    }
}
