import Foundation
import TestKit

/// Binance's interfaces before a ``LiveMarket``, which fail now and then: connections end, requests and upgrades are refused.
final class LiveVenue: Sendable {
    private let market: LiveMarket
    private let requests = Counter()

    init(_ market: LiveMarket) { self.market = market }

    var behaviour: FakeStreamVenue.Behaviour {
        FakeStreamVenue.Behaviour(
            answer: { [self] in answer($0) },
            refuse: { $0 % 3 == 1 ? FakeVenue.Reply(503) : nil },
            stream: { [self] in try await serve($0) })
    }

    // MARK: REST

    private func answer(_ request: FakeVenue.Request) -> FakeVenue.Reply {
        if requests.next() % 7 == 6 { return FakeVenue.Reply(429, headers: [("Retry-After", "1")]) }
        let symbol = request.query["symbol"] ?? ""
        func number(_ name: String, _ standard: Int64) -> Int64 {
            request.query[name].flatMap { Int64($0) } ?? standard
        }
        let now = LiveMarket.now
        switch request.path {
        case "/api/v3/time", "/fapi/v1/time": return FakeVenue.Reply(200, "{\"serverTime\":\(now)}")
        case "/fapi/v1/fundingRate":
            let span = LiveMarket.fundingSpan
            let first = (number("startTime", 0) + span - 1) / span * span
            let rows = stride(from: first, through: min(now, number("endTime", now)), by: Int(span)).map {
                "{\"symbol\":\"\(symbol)\",\"fundingTime\":\($0),\"fundingRate\":\"0.0001\",\"markPrice\":\"100\"}"
            }
            return FakeVenue.Reply(200, "[\(rows.prefix(Int(number("limit", 100))).joined(separator: ","))]")
        case "/fapi/v1/openInterest":
            return FakeVenue.Reply(200, "{\"symbol\":\"\(symbol)\",\"openInterest\":\"12.5\",\"time\":\(now)}")
        case "/api/v3/klines", "/fapi/v1/klines":
            let from = max(
                market.start, (number("startTime", 0) + LiveMarket.minute - 1) / LiveMarket.minute * LiveMarket.minute)
            let rows = stride(from: from, through: min(now, number("endTime", now)), by: Int(LiveMarket.minute))
                .prefix(Int(number("limit", 500))).compactMap { kline(symbol, $0, now) }
            return FakeVenue.Reply(200, "[\(rows.joined(separator: ","))]")
        case "/api/v3/historicalTrades":
            let (first, newest) = (Int(number("fromId", 1)), market.newest(at: now))
            let numbers = first <= newest ? Array((first...newest).prefix(Int(number("limit", 500)))) : []
            let rows = numbers.map { number in
                let fill = market.fill(number, of: symbol)
                return """
                    {"id":\(number),"price":"\(fill.price)","qty":"\(fill.quantity)","time":\(fill.time),"isBuyerMaker":false}
                    """
            }
            return FakeVenue.Reply(200, "[\(rows.joined(separator: ","))]")
        default: return FakeVenue.Reply(404)
        }
    }

    private func kline(_ symbol: String, _ openTime: Int64, _ now: Int64) -> String? {
        market.candle(symbol, openTime: openTime, by: now).map { candle in
            """
            [\(openTime),"\(candle.open)","\(candle.high)","\(candle.low)","\(candle.close)","\(candle.volume)",\
            \(openTime + LiveMarket.minute - 1),"0",1,"0","0","0"]
            """
        }
    }

    // MARK: Streams

    private func serve(_ peer: FakeStreamPeer) async throws {
        var texts = peer.texts.makeAsyncIterator()
        guard let request = await texts.next(), let id = request.firstMatch(of: /"id":(\d+)/)?.1 else { return }
        try await peer.send("{\"result\":null,\"id\":\(id)}")
        var (told, minute) = (market.newest(at: LiveMarket.now), LiveMarket.now / LiveMarket.minute)
        // The venue ends every connection after a while, the first ones soon.
        for tick in 0..<(peer.number + 1) * 170 {
            try await Task.sleep(for: .milliseconds(100))
            let now = LiveMarket.now
            let newest = market.newest(at: now)
            for symbol in LiveMarket.symbols {
                for number in told..<newest { try await peer.send(trade(number + 1, symbol)) }
                if now / LiveMarket.minute > minute { try await peer.send(candle(symbol, minute, isClosed: true)) }
                if tick % 10 == 0 {
                    try await peer.send(candle(symbol, now / LiveMarket.minute, isClosed: false))
                    try await peer.send(quote(symbol, number: newest))
                }
            }
            (told, minute) = (newest, now / LiveMarket.minute)
        }
    }

    private func trade(_ number: Int, _ symbol: String) -> String {
        let fill = market.fill(number, of: symbol)
        return event(
            symbol, "trade",
            """
            "e":"trade","E":\(fill.time),"s":"\(symbol)","t":\(number),"p":"\(fill.price)","q":"\(fill.quantity)",\
            "T":\(fill.time),"m":false
            """)
    }

    private func quote(_ symbol: String, number: Int) -> String {
        event(
            symbol, "bookTicker",
            "\"u\":\(number),\"s\":\"\(symbol)\",\"b\":\"99\",\"B\":\"1\",\"a\":\"126\",\"A\":\"1\"")
    }

    private func candle(_ symbol: String, _ minute: Int64, isClosed: Bool) -> String {
        let openTime = minute * LiveMarket.minute
        let end = isClosed ? openTime + LiveMarket.minute - 1 : LiveMarket.now
        guard let candle = market.candle(symbol, openTime: openTime, by: end) else { return "{\"result\":[]}" }
        return event(
            symbol, "kline_1m",
            """
            "e":"kline","E":\(LiveMarket.now),"s":"\(symbol)","k":{"t":\(openTime),"i":"1m","o":"\(candle.open)",\
            "h":"\(candle.high)","l":"\(candle.low)","c":"\(candle.close)","v":"\(candle.volume)","x":\(isClosed)}
            """)
    }

    private func event(_ symbol: String, _ stream: String, _ data: String) -> String {
        "{\"stream\":\"\(symbol.lowercased())@\(stream)\",\"data\":{\(data)}}"
    }
}
