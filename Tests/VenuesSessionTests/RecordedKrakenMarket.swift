import Foundation
import Market
import Schema
import TestKit
import Testing
import Venues

/// Recordings of Kraken in the messages of version 2: books that were streamed in version 1, and trades and candles that
/// were asked for by REST.
///
/// The books keep the recorded checksums, which version 2 computes alike: over ten levels and the digits that are written.
struct RecordedKrakenMarket: ExpectedMarket {
    struct Fill {
        let step: Int
        let number: UInt64
        let price: String
        let quantity: String
        /// In seconds, as the venue writes it.
        let time: String
        let moment: UnixNanos
        /// `b` or `s`, of the order that crossed the spread.
        let side: String
    }

    /// What one candle is in an answer of `OHLC`: `[open time in seconds, open, high, low, close, average, volume, trades]`.
    struct Minute {
        let openTime: Int64
        let values: [String]
        let count: Int
    }

    struct Step {
        let channel: String
        let symbol: String
        /// The element of `data`.
        let content: String
        let time: UnixNanos
    }

    var steps: [Step] = []
    /// By the spelling of version 2.
    var depths: [String: RecordedDepth] = [:]
    var fills: [Fill] = []
    var minutes: [Minute] = []
    /// The digits of the prices that are written, by instrument.
    var places: [Instrument: Int] = [:]
    /// The recorded answer of `AssetPairs`.
    let pairs: String
    /// The one that was traded.
    static let traded = Instrument("kraken.BTC-USDT")

    var stepCount: Int { steps.count }
    var instruments: [Instrument] { depths.isEmpty ? [Self.traded] : places.keys.sorted() }

    func time(after count: Int) -> UnixNanos { steps[max(0, min(count, steps.count) - 1)].time }

    func conversation(target: String) -> any RecordedConversation { KrakenConversation(market: self) }

    func trades(of instrument: Instrument) throws -> [Trade] {
        guard instrument == Self.traded else { return [] }
        return try fills.map { fill in
            try Trade(
                instrument: instrument, id: "\(fill.number)", price: try #require(Double(fill.price)),
                quantity: try #require(Double(fill.quantity)), aggressor: fill.side == "b" ? .buyer : .seller,
                eventTime: fill.moment, receiveTime: UnixNanos(0))
        }
    }

    func book(of instrument: Instrument) throws -> (bids: [BookLevel], asks: [BookLevel])? {
        try depths["\(instrument.base)/\(instrument.quote)"]?.book(after: stepCount).book.best()
    }

    /// Those before the last trade's, which has not ended.
    func candles(of instrument: Instrument) throws -> [CandleRow] {
        guard instrument == Self.traded, let last = fills.last?.moment else { return [] }
        return minutes.filter { $0.openTime + 60 <= last.milliseconds / 1000 }.map { minute in
            let values = minute.values.compactMap { Double($0) }
            return CandleRow(
                instrument: instrument.name, timeframe: .minute1, openMilliseconds: minute.openTime * 1000,
                open: values[0], high: values[1], low: values[2], close: values[3], volume: values[5], source: .exchange
            )
        }
    }

    func quotes(of instrument: Instrument) throws -> Int { 0 }

    // Kraken, "Spot REST API": time, pairs, trades and candles.
    func answer(_ request: FakeVenue.Request, after steps: Int) -> FakeVenue.Reply {
        let now = time(after: steps)
        func result(_ text: String) -> FakeVenue.Reply { .dated(now, #"{"error":[],"result":\#(text)}"#) }
        switch request.path {
        case "/0/public/Time": return result(#"{"unixtime":\#(now.milliseconds / 1000)}"#)
        case "/0/public/AssetPairs": return .dated(now, pairs)
        default: break
        }
        guard request.query["pair"] == "XBTUSDT" else {
            return .dated(now, #"{"error":["EQuery:Unknown asset pair"]}"#)
        }
        switch request.path {
        case "/0/public/Trades":
            let since = request.query["since"].flatMap { Int64($0) } ?? 0
            let count = request.query["count"].flatMap { Int($0) } ?? 1000
            let rows = fills.filter { $0.step < steps && $0.moment.rawValue > since }.prefix(count)
            let texts = rows.map {
                #"["\#($0.price)","\#($0.quantity)",\#($0.time),"\#($0.side)","l","",\#($0.number)]"#
            }
            let last = rows.last?.moment.rawValue ?? since
            return result(#"{"XBTUSDT":[\#(texts.joined(separator: ","))],"last":"\#(last)"}"#)
        case "/0/public/OHLC":
            let since = request.query["since"].flatMap { Int64($0) } ?? 0
            let rows = minutes.filter { $0.openTime > since && $0.openTime <= now.milliseconds / 1000 }.suffix(720)
            let texts = rows.map { "[\($0.openTime),\(list($0.values)),\($0.count)]" }
            return result(#"{"XBTUSDT":[\#(texts.joined(separator: ","))],"last":\#(since)}"#)
        default: return FakeVenue.Reply(404)
        }
    }
}
