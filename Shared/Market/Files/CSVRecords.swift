/// Reads comma-separated text of any content, record by record: fields may be quoted and then hold commas, line ends and
/// doubled quotes (RFC 4180).
///
/// For tables of candles there is ``CSVCandles``, which is many times faster. Not `Sendable`: one task reads a file.
struct CSVRecords {
    /// A record longer than this is a quote that was not closed.
    private static let longest = 1 << 20

    private var lines: LineReader
    /// The names of the columns.
    let header: [String]
    /// The number of the line with which the record given last ends, from 1 on.
    var line: Int { lines.line }
    var name: String { lines.name }

    /// Reads a table whose first record names the columns, unless it has none.
    ///
    /// - Throws: ``MarketError/file(path:reason:)`` when the file is damaged.
    init(_ source: any ByteSource, hasHeader: Bool = true) throws(MarketError) {
        var lines = LineReader(source)
        header = hasHeader ? try Self.record(&lines) ?? [] : []
        self.lines = lines
    }

    /// The place of a column.
    ///
    /// - Throws: ``MarketError/column(path:missing:header:)``.
    func column(_ name: String) throws(MarketError) -> Int {
        guard let column = header.firstIndex(of: name) else {
            throw .column(path: self.name, missing: name, header: header.joined(separator: ","))
        }
        return column
    }

    /// The next record's fields; `nil` after the last.
    ///
    /// Empty lines are passed over.
    ///
    /// - Throws: ``MarketError``, also for a record with fewer fields than the header has.
    mutating func next() throws(MarketError) -> [String]? {
        while let fields = try Self.record(&lines) {
            if fields == [""] { continue }
            guard fields.count >= header.count else {
                throw .line(path: name, line: line, reason: "\(fields.count) fields, not \(header.count)")
            }
            return fields
        }
        return nil
    }

    private static func record(_ lines: inout LineReader) throws(MarketError) -> [String]? {
        guard var text = try lines.next({ Array($0) }) else { return nil }
        let first = lines.line
        while text.lazy.filter({ $0 == UInt8(ascii: "\"") }).count % 2 == 1 {
            guard text.count < longest, let more = try lines.next({ Array($0) }) else {
                throw .line(path: lines.name, line: first, reason: "a quote is not closed")
            }
            text += [UInt8(ascii: "\n")] + more
        }
        return fields(text)
    }

    private static func fields(_ text: [UInt8]) -> [String] {
        var (fields, field): ([String], [UInt8]) = ([], [])
        var (isQuoted, wasQuote) = (false, false)
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""):
                // The second of two inside quotes is one of the text.
                if !isQuoted, wasQuote { field.append(byte) }
                isQuoted.toggle()
                wasQuote = !isQuoted
                continue
            case UInt8(ascii: ",") where !isQuoted:
                fields.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
            default: field.append(byte)
            }
            wasQuote = false
        }
        return fields + [String(decoding: field, as: UTF8.self)]
    }
}
