import Market
import Schema
import Venues

/// A session, and the time by which it is told what happens.
struct SessionRun {
    var session: MarketDataSession
    var elapsed = Duration.zero
    let instrument = Instrument("scripted.BTC-USD")

    init(
        _ style: ScriptedStyle, _ channels: Set<VenueChannel>, after known: NumberedTrade? = nil,
        ping: ConnectionRules.TextPing? = nil
    ) throws {
        var feed = ScriptedFeed(instrument: instrument, style: style, url: "ws://scripted")
        feed.connectionRules = ConnectionRules(
            maximumSilence: .seconds(10), maximumAge: .seconds(3600), ping: ping,
            attempts: .init(10, per: .seconds(1)), frames: .init(10, per: .seconds(1)))
        let instrument = instrument
        session = MarketDataSession(
            feed: feed, connection: try feed.connections(channels, [instrument])[0], channels: channels,
            instruments: [instrument], after: known.map { [instrument: $0] } ?? [:], random: SplitMix64(seed: 5))
    }

    mutating func tell(_ input: MarketDataSession.Input, after wait: Duration = .zero) -> [MarketDataSession.Action] {
        elapsed += wait
        let time = UnixNanos(seconds: 100 + elapsed.components.seconds)
        return session.handle(input, at: .init(elapsed: elapsed, time: time))
    }

    mutating func hear(_ text: String, after wait: Duration = .zero) -> [MarketDataSession.Action] {
        tell(.message(Array(text.utf8), receivedAt: UnixNanos(seconds: 99)), after: wait)
    }

    /// Connects, subscribes and is acknowledged.
    mutating func begin() -> [MarketDataSession.Action] {
        _ = tell(.started)
        _ = tell(.connected)
        return hear("OK #")
    }

    func stream(_ channel: VenueChannel) -> MarketDataStream { MarketDataStream(instrument, channel) }
}

func requests(_ actions: [MarketDataSession.Action]) -> [MarketDataRequest] {
    actions.compactMap {
        if case .request(let request) = $0, request.subject != .serverTime { request } else { nil }
    }
}

func events(_ actions: [MarketDataSession.Action]) -> [MarketDataEvent] {
    actions.compactMap { if case .emit(let event) = $0 { event } else { nil } }
}

func numbers(_ events: [MarketDataEvent]) -> [String] {
    events.compactMap { if case .trade(let trade) = $0 { trade.trade.id } else { nil } }
}

func scriptedTrade(_ number: Int) throws -> NumberedTrade {
    let trade = try Trade(
        instrument: Instrument("scripted.BTC-USD"), id: String(number), price: 10, quantity: 1, aggressor: .unknown,
        eventTime: UnixNanos(milliseconds: Int64(number)), receiveTime: UnixNanos(0))
    return NumberedTrade(trade: trade, sequence: UInt64(number))
}
