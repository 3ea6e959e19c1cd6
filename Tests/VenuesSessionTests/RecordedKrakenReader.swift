import Foundation
import Schema
import TestKit
import Testing

extension RecordedKrakenMarket {
    init() throws {
        pairs = try RecordedFile.answers(cryptofeed: "KRAKEN.0")[0].body
    }

    /// The books of ten pairs.
    static func books() throws -> Self {
        var market = try Self()
        var current: [String: RecordedBook] = [:]
        var (starts, updates): ([String: (RecordedBook, UInt64)], [String: [RecordedDepth.Update]]) = ([:], [:])
        for line in try RecordedFile.cryptofeed("KRAKEN.ws.50.0") {
            guard let parts = try JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [Any] else { continue }
            let symbol = try #require(parts.last as? String).replacingOccurrences(of: "XBT", with: "BTC")
            let payloads = parts.compactMap { $0 as? [String: Any] }
            if let asks = payloads[0]["as"] {
                let book = RecordedBook(
                    bids: RecordedFile.levels(payloads[0]["bs"]), asks: RecordedFile.levels(asks))
                market.places[Instrument("kraken.\(symbol.replacingOccurrences(of: "/", with: "-"))")] =
                    try #require(book.asks.first).price.split(separator: ".").last?.count
                current[symbol] = book
                continue
            }
            let changes = payloads.flatMap { payload in
                RecordedFile.levels(payload["b"]).map { RecordedBook.Change(isBid: true, $0) }
                    + RecordedFile.levels(payload["a"]).map { RecordedBook.Change(isBid: false, $0) }
            }
            let checksum = try #require(payloads.compactMap { $0["c"] as? String }.last.flatMap { UInt64($0) })
            let before = try #require(current[symbol])
            var after = before
            for change in changes { after.apply(change) }
            current[symbol] = after
            guard starts[symbol] != nil else {
                // A snapshot of version 1 has no checksum, so that of the first update begins.
                starts[symbol] = (after, checksum)
                continue
            }
            updates[symbol, default: []].append(
                RecordedDepth.Update(step: market.steps.count, mark: checksum, changes))
            let bids = difference(before.bids, after.bids)
            let asks = difference(before.asks, after.asks)
            guard !bids.isEmpty || !asks.isEmpty else { continue }
            let content = book(symbol, bids, asks, checksum, line.time)
            market.steps.append(Step(channel: "book", symbol: symbol, content: content, time: line.time))
        }
        market.depths = starts.reduce(into: [:]) {
            $0[$1.key] = RecordedDepth($1.value.0, mark: $1.value.1, updates[$1.key] ?? [])
        }
        return market
    }

    /// The last trades, with the candles of their time.
    static func trades(_ count: Int) throws -> Self {
        var market = try Self()
        let path = "data/raw_messages/nautilus_lgpl/kraken"
        func rows(_ file: String) throws -> [[Any]] {
            let answer = try RecordedFile.object(
                String(decoding: try RecordedFile.bytes("\(path)/\(file)"), as: UTF8.self))
            return try #require((answer["result"] as? [String: Any])?["XBTUSDT"] as? [[Any]])
        }
        let trades = try rows("http_trades.json").suffix(count)
        let first = try #require(trades.first?[2] as? Double)
        market.minutes = try rows("http_ohlc.json").compactMap { row in
            let openTime = try #require(row[0] as? Int64)
            guard Double(openTime + 60) > first else { return nil }
            return Minute(
                openTime: openTime, values: row[1...6].compactMap { $0 as? String }, count: try #require(row[7] as? Int)
            )
        }
        for row in trades {
            let time = "\(try #require(row[2] as? Double))"
            let fill = Fill(
                step: market.steps.count, number: try #require(row[6] as? UInt64),
                price: try #require(row[0] as? String),
                quantity: try #require(row[1] as? String), time: time, moment: try RecordedFile.moment(seconds: time),
                side: try #require(row[3] as? String))
            market.fills.append(fill)
            market.steps.append(
                Step(channel: "trade", symbol: "BTC/USDT", content: content(fill), time: fill.moment))
            let openTime = fill.moment.milliseconds / 60_000 * 60
            let minute = try #require(market.minutes.first { $0.openTime == openTime })
            market.steps.append(
                Step(channel: "ohlc", symbol: "BTC/USDT", content: content(minute), time: fill.moment))
        }
        return market
    }

    /// A trade as version 2 writes it.
    static func content(_ fill: Fill) -> String {
        #"{"symbol":"BTC/USDT","side":"\#(fill.side == "b" ? "buy" : "sell")","price":\#(fill.price),"#
            + #""qty":\#(fill.quantity),"ord_type":"limit","trade_id":\#(fill.number),"timestamp":"\#(fill.moment)"}"#
    }

    private static func content(_ minute: Minute) -> String {
        let values = minute.values
        return #"{"symbol":"BTC/USDT","interval":1,"interval_begin":"\#(UnixNanos(seconds: minute.openTime))","#
            + #""open":\#(values[0]),"high":\#(values[1]),"low":\#(values[2]),"close":\#(values[3]),"#
            + #""vwap":\#(values[4]),"volume":\#(values[5]),"trades":\#(minute.count)}"#
    }

    /// A book, or changes of one, as version 2 writes them.
    static func book(
        _ symbol: String, _ bids: some Sequence<RecordedBook.Level>, _ asks: some Sequence<RecordedBook.Level>,
        _ checksum: UInt64, _ time: UnixNanos
    ) -> String {
        func levels(_ side: some Sequence<RecordedBook.Level>) -> String {
            side.map { #"{"price":\#($0.price),"qty":\#($0.quantity)}"# }.joined(separator: ",")
        }
        return #"{"symbol":"\#(symbol)","bids":[\#(levels(bids))],"asks":[\#(levels(asks))],"#
            + #""checksum":\#(checksum),"timestamp":"\#(time)"}"#
    }

    /// What a client that keeps ten levels must be told; a level that only falls out of them it cuts off by itself.
    private static func difference(
        _ before: [RecordedBook.Level], _ after: [RecordedBook.Level]
    ) -> [RecordedBook.Level] {
        let (old, new) = (before.prefix(Book.depth), after.prefix(Book.depth))
        let gone = old.filter { level in !after.contains { $0.value == level.value } }
        return gone.map { RecordedBook.Level($0.price, "0") } + new.filter { !old.contains($0) }
    }
}
