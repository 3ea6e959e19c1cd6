import Foundation
import Market
import Schema
import TestKit
import Testing
import Venues

/// A recording of Coinbase Exchange's feed, in its own messages or in those of Advanced Trade.
struct RecordedCoinbaseMarket: ExpectedMarket {
    struct Match {
        /// The step that it came with; -1 for the last one before the recording.
        let step: Int
        let number: UInt64
        let product: String
        let price: String
        let size: String
        /// Of the order that was resting in the book.
        let side: String
        let time: String
        let moment: UnixNanos
    }

    struct Step {
        enum Content {
            case match(Match)
            case update([RecordedBook.Change])
        }

        let product: String
        let content: Content
        let text: String
        /// When it happened, as the venue writes it, and as it came by the recorder's clock.
        let venueTime: String
        let time: UnixNanos
    }

    let interface: CoinbaseFeed.Interface
    let steps: [Step]
    let depths: [String: RecordedDepth]
    /// In the order of their numbers.
    let matches: [String: [Match]]

    var stepCount: Int { steps.count }
    var instruments: [Instrument] { matches.keys.map { Instrument("coinbase.\($0)") }.sorted() }

    /// Reads the recording, or the first steps of it.
    init(_ interface: CoinbaseFeed.Interface, steps limit: Int = .max) throws {
        self.interface = interface
        var (steps, matches): ([Step], [String: [Match]]) = ([], [:])
        var (books, updates): ([String: RecordedBook], [String: [RecordedDepth.Update]]) = ([:], [:])
        for line in try RecordedFile.cryptofeed("COINBASE.ws.28.0") where steps.count < limit {
            let message = try line.object
            guard let product = message["product_id"] as? String, let type = message["type"] as? String else {
                continue
            }
            func text(_ key: String) throws -> String { try #require(message[key] as? String) }
            switch type {
            case "snapshot":
                books[product] = RecordedBook(
                    bids: RecordedFile.levels(message["bids"]), asks: RecordedFile.levels(message["asks"]))
            case "match", "last_match":
                let match = Match(
                    step: type == "match" ? steps.count : -1, number: try #require(message["trade_id"] as? UInt64),
                    product: product, price: try text("price"), size: try text("size"), side: try text("side"),
                    time: try text("time"), moment: try RecordedFile.moment(try text("time")))
                matches[product, default: []].append(match)
                guard type == "match" else { continue }
                steps.append(
                    Step(
                        product: product, content: .match(match), text: line.text, venueTime: match.time,
                        time: line.time))
            case "l2update":
                let changes = try #require(message["changes"] as? [[String]]).map { change in
                    RecordedBook.Change(isBid: change[0] == "buy", RecordedBook.Level(change[1], change[2]))
                }
                updates[product, default: []].append(RecordedDepth.Update(step: steps.count, changes))
                steps.append(
                    Step(
                        product: product, content: .update(changes), text: line.text, venueTime: try text("time"),
                        time: line.time))
            default: break
            }
        }
        self.steps = steps
        self.matches = matches
        depths = books.reduce(into: [:]) { $0[$1.key] = RecordedDepth($1.value, updates[$1.key] ?? []) }
    }

    func time(after count: Int) -> UnixNanos { steps[max(0, min(count, steps.count) - 1)].time }

    func conversation(target: String) -> any RecordedConversation {
        switch interface {
        case .advancedTrade: AdvancedConversation(market: self)
        case .exchange: ExchangeConversation(market: self)
        }
    }

    func trades(of instrument: Instrument) throws -> [Trade] {
        try (matches[symbol(instrument)] ?? []).map { match in
            try Trade(
                instrument: instrument, id: "\(match.number)", price: try #require(Double(match.price)),
                quantity: try #require(Double(match.size)), aggressor: match.side == "sell" ? .buyer : .seller,
                eventTime: match.moment, receiveTime: UnixNanos(0))
        }
    }

    func book(of instrument: Instrument) throws -> (bids: [BookLevel], asks: [BookLevel])? {
        try depths[symbol(instrument)]?.book(after: stepCount).book.best()
    }

    func candles(of instrument: Instrument) throws -> [CandleRow] { [] }
    func quotes(of instrument: Instrument) throws -> Int { 0 }

    private func symbol(_ instrument: Instrument) -> String { "\(instrument.base)-\(instrument.quote)" }

    /// The last trade before a step.
    func lastMatch(_ product: String, before step: Int) -> Match? { matches[product]?.last { $0.step < step } }

    // Coinbase Developer Platform, "Advanced Trade APIs": market trades and time, without a key.
    func answer(_ request: FakeVenue.Request, after steps: Int) -> FakeVenue.Reply {
        let now = time(after: steps)
        if request.path == "/api/v3/brokerage/time" {
            return .dated(now, #"{"iso":"\#(now)","epochMillis":"\#(now.milliseconds)"}"#)
        }
        let parts = request.path.split(separator: "/")
        guard parts.count == 7, parts[4] == "products", parts[6] == "ticker", let known = matches[String(parts[5])]
        else { return FakeVenue.Reply(404, #"{"error":"NOT_FOUND","message":"product"}"#) }
        let start = request.query["start"].flatMap { Int64($0) } ?? 0
        let end = request.query["end"].flatMap { Int64($0) } ?? .max
        let rows = known.reversed().filter { match in
            match.step < steps && (start...end).contains(match.moment.milliseconds / 1000)
        }
        let limit = request.query["limit"].flatMap { Int($0) } ?? 100
        let trades = rows.prefix(limit).map(Self.json).joined(separator: ",")
        return .dated(now, #"{"trades":[\#(trades)],"best_bid":"","best_ask":""}"#)
    }

    /// A trade as Advanced Trade writes it.
    static func json(_ match: Match) -> String {
        #"{"trade_id":"\#(match.number)","product_id":"\#(match.product)","price":"\#(match.price)","#
            + #""size":"\#(match.size)","time":"\#(match.time)","side":"\#(match.side.uppercased())"}"#
    }
}
