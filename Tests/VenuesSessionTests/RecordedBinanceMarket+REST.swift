import Schema
import TestKit
import Venues

// Binance, "Spot API documentation" and "USDⓈ-M Futures": depth, aggTrades, historicalTrades, klines, time.
extension RecordedBinanceMarket {
    func answer(_ request: FakeVenue.Request, after steps: Int) -> FakeVenue.Reply {
        let (path, now) = (product == .spot ? "/api/v3" : "/fapi/v1", time(after: steps))
        guard request.path.hasPrefix(path + "/") else { return FakeVenue.Reply(404) }
        let function = request.path.dropFirst(path.count + 1)
        if function == "time" { return .dated(now, #"{"serverTime":\#(now.milliseconds)}"#) }
        guard let symbol = symbols[request.query["symbol"] ?? ""] else {
            return FakeVenue.Reply(400, #"{"code":-1121,"msg":"Invalid symbol."}"#)
        }
        let limit = request.query["limit"].flatMap { Int($0) } ?? 500
        switch function {
        case "depth": return .dated(now, depth(symbol, after: steps, limit: limit))
        case product == .spot ? "historicalTrades" : "aggTrades":
            let first = request.query["fromId"].flatMap { UInt64($0) } ?? 0
            let rows = symbol.fills.filter { $0.step < steps && $0.number >= first }.prefix(limit).map(row)
            return .dated(now, "[\(rows.joined(separator: ","))]")
        case "klines":
            let start = request.query["startTime"].flatMap { Int64($0) } ?? 0
            let end = request.query["endTime"].flatMap { Int64($0) } ?? .max
            let rows = klines(symbol, after: steps).filter { (start...end).contains($0.openTime) }.prefix(limit)
                .map(row)
            return .dated(now, "[\(rows.joined(separator: ","))]")
        default: return FakeVenue.Reply(404)
        }
    }

    private func depth(_ symbol: Symbol, after steps: Int, limit: Int) -> String {
        let (book, last) = symbol.depth.book(after: steps)
        let time = time(after: steps).milliseconds
        let times = product == .spot ? "" : #""E":\#(time),"T":\#(time),"#
        return #"{"lastUpdateId":\#(last),\#(times)"bids":\#(RecordedBook.rows(book.bids.prefix(limit))),"#
            + #""asks":\#(RecordedBook.rows(book.asks.prefix(limit)))}"#
    }

    private func row(_ fill: Fill) -> String {
        switch product {
        case .spot:
            #"{"id":\#(fill.number),"price":"\#(fill.price)","qty":"\#(fill.quantity)","quoteQty":"0","#
                + #""time":\#(fill.milliseconds),"isBuyerMaker":\#(fill.isBuyerMaker),"isBestMatch":true}"#
        case .usdMargined:
            #"{"a":\#(fill.number),"p":"\#(fill.price)","q":"\#(fill.quantity)","f":1,"l":1,"#
                + #""T":\#(fill.milliseconds),"m":\#(fill.isBuyerMaker)}"#
        }
    }

    /// The last state of each candle; without those that have ended by the clock, and whose end has not been told.
    private func klines(_ symbol: Symbol, after steps: Int) -> [Kline] {
        var latest: [Int64: Kline] = [:]
        for kline in symbol.klines where kline.step < steps { latest[kline.openTime] = kline }
        let now = time(after: steps).milliseconds
        return latest.values.filter { $0.isClosed || $0.closeTime > now }.sorted { $0.openTime < $1.openTime }
    }

    private func row(_ kline: Kline) -> String {
        let values = kline.values.map { "\"\($0)\"" }.joined(separator: ",")
        return "[\(kline.openTime),\(values),\(kline.closeTime),\"0\",0,\"0\",\"0\",\"0\"]"
    }
}
