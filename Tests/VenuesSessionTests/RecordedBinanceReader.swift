import Foundation
import Schema
import TestKit
import Testing
import Venues

extension RecordedBinanceMarket {
    /// The futures that cryptofeed recorded, with the books that it asked for; everything is Binance's own.
    static func futures() throws -> Self {
        var reader = RecordedBinanceReader(product: .usdMargined)
        for (url, body) in try RecordedFile.answers(cryptofeed: "BINANCE_FUTURES.http.0.0") where !body.isEmpty {
            let query = URLComponents(string: url)?.queryItems ?? []
            reader.take(
                snapshot: try RecordedFile.object(body), try #require(query.first { $0.name == "symbol" }?.value))
        }
        for line in try RecordedFile.cryptofeed("BINANCE_FUTURES.ws.1.0") { try reader.take(line) }
        return try reader.market()
    }

    /// What hftbacktest recorded of one instrument, up to a number of lines and without the best bid and ask.
    ///
    /// The candles, and the aggregates of futures, are made from the recorded trades.
    static func hftbacktest(_ name: String, _ product: BinanceProduct, symbol: String, lines count: Int) throws -> Self
    {
        var reader = RecordedBinanceReader(product: product)
        reader.derivesCandles = true
        reader.derivesAggregates = product == .usdMargined
        let lines = try RecordedFile.hftbacktest(name, lines: count).filter { !$0.text.contains("@bookTicker") }
        for line in lines where line.text.hasPrefix(#"{"lastUpdateId""#) {
            reader.take(snapshot: try line.object, symbol)
        }
        for line in lines where !line.text.hasPrefix(#"{"lastUpdateId""#) { try reader.take(line) }
        return try reader.market()
    }
}

/// Makes a market of recorded lines.
struct RecordedBinanceReader {
    private struct Symbol {
        var book = RecordedBook()
        var snapshot: UInt64 = 0
        var updates: [RecordedDepth.Update] = []
        var fills: [RecordedBinanceMarket.Fill] = []
        var klines: [RecordedBinanceMarket.Kline] = []
        var quotes = 0
        /// Single trades that will be one aggregate.
        var pending: (price: String, quantity: Decimal, milliseconds: Int64, isBuyerMaker: Bool)?
    }

    let product: BinanceProduct
    var derivesCandles = false
    var derivesAggregates = false
    private var steps: [RecordedBinanceMarket.Step] = []
    private var symbols: [String: Symbol] = [:]
    private var now = UnixNanos(0)

    init(product: BinanceProduct) { self.product = product }

    func market() throws -> RecordedBinanceMarket {
        var done: [String: RecordedBinanceMarket.Symbol] = [:]
        for (name, symbol) in symbols {
            done[name] = RecordedBinanceMarket.Symbol(
                instrument: Instrument("\(product.venue).\(name.dropLast(4))-\(name.suffix(4))"),
                depth: RecordedDepth(
                    symbol.book, mark: symbol.snapshot, symbol.updates.filter { $0.mark > symbol.snapshot }),
                fills: symbol.fills, klines: symbol.klines, quotes: symbol.quotes)
        }
        return RecordedBinanceMarket(product: product, steps: steps, symbols: done)
    }

    mutating func take(snapshot: [String: Any], _ symbol: String) {
        symbols[symbol, default: Symbol()].book = RecordedBook(
            bids: RecordedFile.levels(snapshot["bids"]), asks: RecordedFile.levels(snapshot["asks"]))
        symbols[symbol]?.snapshot = snapshot["lastUpdateId"] as? UInt64 ?? 0
    }

    mutating func take(_ line: RecordedFile.Line) throws {
        let object = try line.object
        let (stream, data) = (
            try #require(object["stream"] as? String), try #require(object["data"] as? [String: Any])
        )
        let name = try #require(data["s"] as? String)
        if let time = data["E"] as? Int64 { now = max(now, UnixNanos(milliseconds: time)) }
        let step = steps.count
        switch stream.split(whereSeparator: { $0 == "@" || $0 == "_" })[1] {
        case "depth":
            let changes =
                RecordedFile.levels(data["b"]).map { RecordedBook.Change(isBid: true, $0) }
                + RecordedFile.levels(data["a"]).map { RecordedBook.Change(isBid: false, $0) }
            let mark = try #require(data["u"] as? UInt64)
            symbols[name]?.updates.append(RecordedDepth.Update(step: step, mark: mark, changes))
        case "trade": return try take(trade: data, name, line.text)
        case "aggTrade":
            let fill = try fill(data, number: "a")
            symbols[name]?.fills.append(fill)
        case "kline":
            let kline = try #require(data["k"] as? [String: Any])
            symbols[name]?.klines.append(
                RecordedBinanceMarket.Kline(
                    step: step, openTime: try #require(kline["t"] as? Int64),
                    closeTime: try #require(kline["T"] as? Int64),
                    values: try ["o", "h", "l", "c", "v"].map { try #require(kline[$0] as? String) },
                    isClosed: try #require(kline["x"] as? Bool)))
        case "bookTicker": symbols[name]?.quotes += 1
        default: break
        }
        // The futures were recorded at another speed than the feed asks for.
        append(
            stream.replacingOccurrences(of: "@0ms", with: "@100ms"),
            line.text.replacingOccurrences(of: "@depth@0ms", with: "@depth@100ms"))
    }

    private mutating func append(_ stream: String, _ text: String) {
        steps.append(RecordedBinanceMarket.Step(stream: stream, text: text, time: now))
    }

    private func fill(_ data: [String: Any], number: String) throws -> RecordedBinanceMarket.Fill {
        RecordedBinanceMarket.Fill(
            step: steps.count, number: try #require(data[number] as? UInt64), price: try #require(data["p"] as? String),
            quantity: try #require(data["q"] as? String), milliseconds: try #require(data["T"] as? Int64),
            isBuyerMaker: try #require(data["m"] as? Bool))
    }

    private mutating func take(trade data: [String: Any], _ name: String, _ text: String) throws {
        if derivesCandles, !derivesAggregates { closeCandle(name, before: try #require(data["T"] as? Int64)) }
        let single = try fill(data, number: "t")
        guard derivesAggregates else {
            symbols[name]?.fills.append(single)
            append("\(name.lowercased())@trade", text)
            if derivesCandles { changeCandle(name, single) }
            return
        }
        // What the insurance fund takes over is in no aggregate.
        guard data["X"] as? String == "MARKET" else { return }
        let quantity = try #require(Decimal(string: single.quantity))
        if let pending = symbols[name]?.pending, pending.price == single.price,
            pending.milliseconds == single.milliseconds, pending.isBuyerMaker == single.isBuyerMaker
        {
            symbols[name]?.pending?.quantity += quantity
            return
        }
        endAggregate(name)
        symbols[name]?.pending = (single.price, quantity, single.milliseconds, single.isBuyerMaker)
    }

    /// Sends the aggregate that no further trade belongs to.
    private mutating func endAggregate(_ name: String) {
        guard let pending = symbols[name]?.pending else { return }
        let number = (symbols[name]?.fills.last?.number ?? 1000) + 1
        closeCandle(name, before: pending.milliseconds)
        let fill = RecordedBinanceMarket.Fill(
            step: steps.count, number: number, price: pending.price, quantity: "\(pending.quantity)",
            milliseconds: pending.milliseconds, isBuyerMaker: pending.isBuyerMaker)
        symbols[name]?.fills.append(fill)
        let stream = "\(name.lowercased())@aggTrade"
        append(
            stream,
            #"{"stream":"\#(stream)","data":{"e":"aggTrade","E":\#(now.milliseconds),"a":\#(number),"s":"\#(name)","#
                + #""p":"\#(fill.price)","q":"\#(fill.quantity)","f":1,"l":1,"T":\#(fill.milliseconds),"#
                + #""m":\#(fill.isBuyerMaker)}}"#)
        changeCandle(name, fill)
    }

    /// Tells the end of a candle that a trade no longer belongs to.
    private mutating func closeCandle(_ name: String, before milliseconds: Int64) {
        guard let last = symbols[name]?.klines.last, milliseconds > last.closeTime else { return }
        tell(name, last.openTime, last.values, isClosed: true)
    }

    private mutating func changeCandle(_ name: String, _ fill: RecordedBinanceMarket.Fill) {
        let openTime = fill.milliseconds / 60_000 * 60_000
        guard let last = symbols[name]?.klines.last, last.openTime == openTime else {
            return tell(
                name, openTime, [fill.price, fill.price, fill.price, fill.price, fill.quantity], isClosed: false)
        }
        func value(_ text: String) -> Double { Double(text) ?? .nan }
        let (values, price) = (last.values, fill.price)
        let volume = (Decimal(string: values[4]) ?? 0) + (Decimal(string: fill.quantity) ?? 0)
        let changed = [
            values[0], value(price) > value(values[1]) ? price : values[1],
            value(price) < value(values[2]) ? price : values[2], price, "\(volume)",
        ]
        tell(name, openTime, changed, isClosed: false)
    }

    private mutating func tell(_ name: String, _ openTime: Int64, _ values: [String], isClosed: Bool) {
        let kline = RecordedBinanceMarket.Kline(
            step: steps.count, openTime: openTime, closeTime: openTime + 59_999, values: values, isClosed: isClosed)
        symbols[name]?.klines.append(kline)
        // The venue does not send a message for every trade.
        guard isClosed || symbols[name]?.klines.count.isMultiple(of: 20) == true else { return }
        let stream = "\(name.lowercased())@kline_1m"
        append(
            stream,
            #"{"stream":"\#(stream)","data":{"e":"kline","E":\#(now.milliseconds),"s":"\#(name)","k":{"t":\#(openTime),"#
                + #""T":\#(openTime + 59_999),"s":"\#(name)","i":"1m","o":"\#(values[0])","h":"\#(values[1])","#
                + #""l":"\#(values[2])","c":"\#(values[3])","v":"\#(values[4])","x":\#(isClosed)}}}"#)
    }
}
