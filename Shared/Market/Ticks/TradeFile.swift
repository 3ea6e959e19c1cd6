public import Schema

/// Reads trades from a table `time_ms,trade_id,taker_side,price,amount`, in which the taker's side is `buy` or `sell`.
///
/// Not `Sendable`: one task reads a file.
public struct TradeFile {
    private struct Columns {
        let time, id, side, price, amount: Int
    }

    private let instrument: Instrument
    private var records: CSVRecords
    private let columns: Columns

    /// Begins to read trades of `instrument`.
    ///
    /// - Throws: ``MarketError`` for a damaged file or a missing column.
    public init(_ source: any ByteSource, of instrument: Instrument) throws(MarketError) {
        self.instrument = instrument
        records = try CSVRecords(source)
        columns = Columns(
            time: try records.column("time_ms"), id: try records.column("trade_id"),
            side: try records.column("taker_side"), price: try records.column("price"),
            amount: try records.column("amount"))
    }

    /// The next trade, in the order of the table; `nil` after the last.
    ///
    /// A file does not say when we heard of a trade, so its receive time is its event time.
    ///
    /// - Throws: ``MarketError`` for a damaged file, or a line that cannot be read.
    public mutating func next() throws(MarketError) -> Trade? {
        guard let fields = try records.next() else { return nil }
        guard let moment = TimeFormat.milliseconds.moment(Array(fields[columns.time].utf8)),
            let price = Double(fields[columns.price]), let quantity = Double(fields[columns.amount])
        else { throw .line(path: records.name, line: records.line, reason: fields.joined(separator: ",")) }
        do throws(SchemaError) {
            return try Trade(
                instrument: instrument, id: fields[columns.id], price: price, quantity: quantity,
                aggressor: Self.aggressor(fields[columns.side]), eventTime: moment, receiveTime: moment)
        } catch {
            throw .line(path: records.name, line: records.line, reason: "\(error)")
        }
    }

    private static func aggressor(_ text: String) -> Trade.Aggressor {
        switch text {
        case "buy": .buyer
        case "sell": .seller
        default: .unknown
        }
    }
}
