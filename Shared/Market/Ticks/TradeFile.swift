public import Schema

/// Reads trades from a table `time_ms,trade_id,taker_side,price,amount`, in which the taker's side is `buy` or `sell`.
public enum TradeFile {
    /// The trades, in the order of the table.
    ///
    /// A file does not say when we heard of a trade, so its receive time is its event time.
    ///
    /// - Throws: ``MarketError`` for a damaged file, a missing column, or a line that cannot be read.
    public static func trades(in source: any ByteSource, of instrument: Instrument) throws(MarketError) -> [Trade] {
        var records = try CSVRecords(source)
        let (time, id) = (try records.column("time_ms"), try records.column("trade_id"))
        let (side, price) = (try records.column("taker_side"), try records.column("price"))
        let amount = try records.column("amount")
        var trades: [Trade] = []
        while let fields = try records.next() {
            guard let moment = TimeFormat.milliseconds.moment(Array(fields[time].utf8)),
                let price = Double(fields[price]), let quantity = Double(fields[amount])
            else { throw .line(path: records.name, line: records.line, reason: fields.joined(separator: ",")) }
            do throws(SchemaError) {
                trades.append(
                    try Trade(
                        instrument: instrument, id: fields[id], price: price, quantity: quantity,
                        aggressor: aggressor(fields[side]), eventTime: moment, receiveTime: moment))
            } catch {
                throw .line(path: records.name, line: records.line, reason: "\(error)")
            }
        }
        return trades
    }

    private static func aggressor(_ text: String) -> Trade.Aggressor {
        switch text {
        case "buy": .buyer
        case "sell": .seller
        default: .unknown
        }
    }
}
