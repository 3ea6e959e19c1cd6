public import Schema

/// Reads recordings of hftbacktest: one message a line, `<receive time in Unix nanoseconds> <raw message>`.
///
/// What the messages say is the venue's decoder's business. Not `Sendable`: one task reads a file.
public struct TimedLines {
    /// A message as it came.
    public struct Line: Sendable, Equatable {
        /// By the recorder's clock, which may be wrong.
        public let receiveTime: UnixNanos
        public let message: [UInt8]
    }

    private var lines: LineReader

    public init(_ source: any ByteSource) { lines = LineReader(source) }

    /// The next line; `nil` after the last.
    ///
    /// - Throws: ``MarketError/line(path:line:reason:)`` for a line that does not begin with a time.
    public mutating func next() throws(MarketError) -> Line? {
        guard let text = try lines.next({ Array($0) }) else { return nil }
        let stamp = text.prefix { $0 != UInt8(ascii: " ") }
        guard stamp.count < text.count, let time = TimeFormat.nanoseconds.moment(stamp) else {
            let shown = String(decoding: text.prefix(40), as: UTF8.self)
            throw .line(path: lines.name, line: lines.line, reason: "no time before \"\(shown)\"")
        }
        return Line(receiveTime: time, message: Array(text[(stamp.count + 1)...]))
    }
}
