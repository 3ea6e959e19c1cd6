import Market
import Schema
import Venues

/// The dialect of a ``ScriptedMarket``: words and a final `#`, so that what is cut short cannot be taken for whole.
///
/// `12 T number price quantity time #` is a trade, `D first last price quantity time #` a change of the book (a price below
/// zero is an ask's), `Q number bid quantity ask quantity time #` a quote, `K open open high low close volume closed #` a
/// candle, `S time price quantity … #` a whole book, `OK #` and `NO #` answer a subscription, `H #` is a heartbeat. The
/// number in front counts a connection's messages, in the style that does.
struct ScriptedFeed: VenueFeed {
    let venue = "scripted"
    let instrument: Instrument
    let style: ScriptedStyle
    let url: String
    var connectionRules = ConnectionRules(
        maximumSilence: .seconds(8), attempts: .init(1000, per: .seconds(1)), frames: .init(1000, per: .seconds(1)))

    var depthRules: DepthRules { style.depthRules }

    func connections(
        _ channels: Set<VenueChannel>, _ instruments: [Instrument]
    ) throws(VenueError) -> [VenueConnection] {
        guard instruments == [instrument] else { throw .unsupported(venue: venue, "another instrument") }
        return [VenueConnection(url: url, subscriptions: ["SUBSCRIBE"], replies: 1)]
    }

    func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String] { ["RENEW"] }

    func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
        var words = String(decoding: message, as: UTF8.self).split(separator: " ")[...]
        guard words.popLast() == "#" else { throw .malformed("no end") }
        let number = words.first.flatMap { UInt64($0) }
        if number != nil { words.removeFirst() }
        guard let kind = words.popFirst() else { throw .malformed("no kind") }
        let numbers = words.compactMap { Double($0) }
        guard numbers.count == words.count else { throw .malformed("not a number") }
        let events = try decode(kind, numbers, receivedAt)
        return VenueMessage(connectionSequence: number, events: events)
    }

    private func decode(
        _ kind: Substring, _ numbers: [Double], _ receivedAt: UnixNanos
    ) throws(VenueMessageError) -> [VenueEvent] {
        let needed = ["T": 4, "D": 5, "Q": 6, "K": 7, "OK": 0, "NO": 0, "H": 0]
        guard needed[String(kind)].map({ $0 == numbers.count }) ?? (kind == "S" && numbers.count % 2 == 1) else {
            throw .malformed("\(kind) with \(numbers.count) numbers")
        }
        switch kind {
        case "OK": return [.subscribed(SubscriptionReply())]
        case "NO": return [.subscriptionRefused(SubscriptionRefusal(message: "not now"))]
        case "H": return [.heartbeat(nil)]
        default: break
        }
        do throws(SchemaError) {
            return [try event(kind, numbers, receivedAt)]
        } catch {
            throw .malformed("\(error)")
        }
    }

    private func event(_ kind: Substring, _ numbers: [Double], _ receivedAt: UnixNanos) throws(SchemaError)
        -> VenueEvent
    {
        let time = UnixNanos(milliseconds: Int64(numbers[kind == "S" || kind == "K" ? 0 : numbers.count - 1]))
        switch kind {
        case "T":
            let trade = try Trade(
                instrument: instrument, id: String(Int(numbers[0])), price: numbers[1], quantity: numbers[2],
                aggressor: .unknown, eventTime: time, receiveTime: receivedAt)
            return .trade(trade, sequence: style == .numbered ? UInt64(numbers[0]) : nil)
        case "D":
            let level = [try BookLevel(price: abs(numbers[2]), quantity: numbers[3])]
            return .depthUpdate(
                DepthUpdate(
                    instrument: instrument, bids: numbers[2] > 0 ? level : [], asks: numbers[2] > 0 ? [] : level,
                    firstSequence: style == .numbered ? UInt64(numbers[0]) : nil,
                    lastSequence: style == .numbered ? UInt64(numbers[1]) : nil, eventTime: time,
                    receiveTime: receivedAt))
        case "Q":
            let quote = Quote(
                instrument: instrument, bid: try BookLevel(price: numbers[1], quantity: numbers[2]),
                ask: try BookLevel(price: numbers[3], quantity: numbers[4]), eventTime: time, receiveTime: receivedAt)
            return .quote(quote, sequence: style == .numbered ? UInt64(numbers[0]) : nil)
        case "K":
            let row = CandleRow(
                instrument: instrument.name, timeframe: .minute1, openMilliseconds: Int64(numbers[0]), open: numbers[1],
                high: numbers[2], low: numbers[3], close: numbers[4], volume: numbers[5], source: .exchange)
            return .candle(VenueCandle(row: row, isClosed: numbers[6] == 1))
        default:
            return .depthSnapshot(try snapshot(numbers.dropFirst(), sequence: nil, time, receivedAt))
        }
    }

    /// Reads pairs of price and quantity; a price below zero is an ask's.
    func snapshot(
        _ numbers: ArraySlice<Double>, sequence: UInt64?, _ time: UnixNanos, _ receivedAt: UnixNanos
    ) throws(SchemaError) -> DepthSnapshot {
        var (bids, asks): ([BookLevel], [BookLevel]) = ([], [])
        for index in stride(from: numbers.startIndex, to: numbers.endIndex, by: 2) {
            let level = try BookLevel(price: abs(numbers[index]), quantity: numbers[index + 1])
            if numbers[index] > 0 { bids.append(level) } else { asks.append(level) }
        }
        return DepthSnapshot(
            instrument: instrument, bids: bids, asks: asks, sequence: sequence, eventTime: time, receiveTime: receivedAt
        )
    }
}
