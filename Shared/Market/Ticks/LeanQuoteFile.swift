public import Schema

/// Reads QuantConnect LEAN's quotes by the minute of one day: a zip with a table without header,
/// `ms,bid_o,bid_h,bid_l,bid_c,bid_last_size,ask_o,ask_h,ask_l,ask_c,ask_last_size` (`Data/crypto/readme.md`).
public enum LeanQuoteFile {
    /// The quote with which each minute ended, timed by that end.
    ///
    /// `day` is the midnight, UTC, at which the day begins: the date stands only in the file's name.
    ///
    /// - Throws: ``MarketError`` for a damaged file or a line that cannot be read.
    public static func quotes(path: String, of instrument: Instrument, day: UnixNanos) throws(MarketError) -> [Quote] {
        let content = try ZipArchive(path: path).onlyContents()
        var records = try CSVRecords(MemoryBytes(content, name: path), hasHeader: false)
        var quotes: [Quote] = []
        while let fields = try records.next() {
            let numbers = fields.dropFirst().map { Double($0) }
            guard fields.count == 11, let open = TimeFormat.millisecondsOfDay(day).moment(Array(fields[0].utf8)),
                let bid = numbers[3], let bidSize = numbers[4], let ask = numbers[8], let askSize = numbers[9]
            else { throw .line(path: path, line: records.line, reason: fields.joined(separator: ",")) }
            let end = open.advanced(by: Timeframe.minute1.nanoseconds)
            do throws(SchemaError) {
                quotes.append(
                    Quote(
                        instrument: instrument, bid: try BookLevel(price: bid, quantity: bidSize),
                        ask: try BookLevel(price: ask, quantity: askSize), eventTime: end, receiveTime: end))
            } catch {
                throw .line(path: path, line: records.line, reason: "\(error)")
            }
        }
        return quotes
    }
}
