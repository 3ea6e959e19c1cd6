public import Schema

/// How a table holds headlines.
///
/// A line is known ``delay`` after it was published: whoever reads news asks for them now and then.
public struct HeadlineLayout: Sendable, Equatable {
    let timeColumn: String
    let textColumn: String
    /// Who said it: a column, or one name for all.
    let sourceColumn: String?
    let source: String
    /// In nanoseconds.
    public let delay: Int64

    /// Names the columns.
    ///
    /// - Parameters:
    ///   - timeColumn: When it was published, as ISO 8601; UTC where no zone is written.
    ///   - textColumn: What was said.
    ///   - sourceColumn: Who said it.
    ///   - source: Who said it, where no column says so.
    ///   - delay: Until we could have read it, in nanoseconds; not below zero.
    public init(
        timeColumn: String, textColumn: String, sourceColumn: String? = nil, source: String = "",
        delay: Int64 = 60_000_000_000
    ) {
        precondition(delay >= 0, "nothing is known before it has happened")
        (self.timeColumn, self.textColumn, self.delay) = (timeColumn, textColumn, delay)
        (self.sourceColumn, self.source) = (sourceColumn, source)
    }

    /// News with a title: `published,source,title`.
    public static let news = Self(timeColumn: "published", textColumn: "title", sourceColumn: "source")
    /// Bare headlines: `published_utc,headline`.
    public static let headlines = Self(timeColumn: "published_utc", textColumn: "headline", source: "headlines")
    /// Tweets: `created_utc,text`.
    public static let tweets = Self(timeColumn: "created_utc", textColumn: "text", source: "twitter")

    /// Reads a table, in its order.
    ///
    /// - Throws: ``MarketError`` for a damaged file, a missing column, or a line that cannot be read.
    public func headlines(in source: any ByteSource) throws(MarketError) -> [Headline] {
        var records = try CSVRecords(source)
        let (time, text) = (try records.column(timeColumn), try records.column(textColumn))
        var speaker: Int?
        if let sourceColumn { speaker = try records.column(sourceColumn) }
        var headlines: [Headline] = []
        while let fields = try records.next() {
            guard let moment = TimeFormat.iso8601.moment(Array(fields[time].utf8)) else {
                throw .line(path: records.name, line: records.line, reason: "time \"\(fields[time])\"")
            }
            do throws(SchemaError) {
                headlines.append(
                    try Headline(
                        source: speaker.map { fields[$0] } ?? self.source, text: fields[text], time: moment,
                        knownAt: moment.advanced(by: delay)))
            } catch {
                throw .line(path: records.name, line: records.line, reason: "\(error)")
            }
        }
        return headlines
    }
}
