internal import Schema

/// Makes a row of one line.
struct CSVLineParser {
    let layout: CSVLayout
    let instrument: String
    let timeframe: Timeframe
    let origin: Candle.Source
    private let columnCount: Int

    init(layout: CSVLayout, instrument: String, timeframe: Timeframe, origin: Candle.Source) {
        self.layout = layout
        self.instrument = instrument
        self.timeframe = timeframe
        self.origin = origin
        // The list is not empty.
        columnCount = [layout.time, layout.open, layout.high, layout.low, layout.close, layout.volume].max()! + 1
    }

    /// The row, or what is wrong; `nil` for an empty line.
    func record(of line: UnsafeBufferPointer<UInt8>, number: Int) -> CandleRecord? {
        guard !line.isEmpty else { return nil }
        return withUnsafeTemporaryAllocation(of: Range<Int>.self, capacity: columnCount) { fields in
            guard Self.split(line, into: fields) else {
                return .malformed(line: number, reason: "fewer than \(columnCount) columns")
            }
            return parse(line, fields: UnsafeBufferPointer(fields), number: number)
        }
    }

    /// Finds the first fields of a line; `false` when there are fewer than asked for.
    private static func split(
        _ line: UnsafeBufferPointer<UInt8>, into fields: UnsafeMutableBufferPointer<Range<Int>>
    ) -> Bool {
        var (field, start) = (0, 0)
        for index in 0...line.count where index == line.count || line[index] == UInt8(ascii: ",") {
            fields.initializeElement(at: field, to: start..<index)
            (field, start) = (field + 1, index + 1)
            if field == fields.count { return true }
        }
        return false
    }

    private func parse(
        _ line: UnsafeBufferPointer<UInt8>, fields: UnsafeBufferPointer<Range<Int>>, number: Int
    ) -> CandleRecord {
        func shown(_ column: Int) -> String { String(decoding: line[fields[column]].prefix(40), as: UTF8.self) }
        guard let milliseconds = time(line[fields[layout.time]]) else {
            return .malformed(line: number, reason: "open time \"\(shown(layout.time))\"")
        }
        var badColumn: Int?
        func value(_ column: Int) -> Double {
            if let value = NumberText.double(line[fields[column]]) { return value }
            badColumn = badColumn ?? column
            return .nan
        }
        let row = CandleRow(
            instrument: instrument, timeframe: timeframe, openMilliseconds: milliseconds, open: value(layout.open),
            high: value(layout.high), low: value(layout.low), close: value(layout.close),
            volume: value(layout.volume), source: origin)
        guard let badColumn else { return .candle(row) }
        return .malformed(line: number, reason: "number \"\(shown(badColumn))\" in column \(badColumn + 1)")
    }

    private func time(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
        switch layout.timeFormat {
        case .milliseconds:
            return NumberText.integer(text)
        case .millisecondsOfDay(let day):
            guard let milliseconds = NumberText.integer(text), (0..<86_400_000).contains(milliseconds) else {
                return nil
            }
            return day.milliseconds + milliseconds
        case .compactDate:
            // YYYYMMDD HH:MM
            let text = Array(String(decoding: text, as: UTF8.self))
            guard text.count == 14, text[8] == " " else { return nil }
            let date = "\(String(text[0..<4]))-\(String(text[4..<6]))-\(String(text[6..<8]))"
            return UnixNanos(iso8601: "\(date)T\(String(text[9...]))")?.milliseconds
        }
    }
}
