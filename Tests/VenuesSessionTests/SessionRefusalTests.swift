import HTTP
import Market
import Schema
import Testing
import Venues

@Suite("Refused subscriptions")
struct SessionRefusalTests {
    static let good = Instrument("words.BTC-USD")
    static let bad = Instrument("words.ETH-USD")

    /// `OK` and `NO` answer, `NO 1` refuses the second instrument, and `1 5` is its trade number 5.
    private struct WordFeed: VenueFeed {
        let venue = "words"
        let connectionRules = ConnectionRules(
            maximumSilence: .seconds(1000), attempts: .init(10, per: .seconds(1)), frames: .init(10, per: .seconds(1)))
        let depthRules = DepthRules(snapshot: .streamed, continuity: .none)

        func connections(
            _ channels: Set<VenueChannel>, _ instruments: [Instrument]
        ) throws(VenueError) -> [VenueConnection] {
            [VenueConnection(url: "ws://words", subscriptions: ["SUBSCRIBE"], replies: 4)]
        }

        func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String] {
            ["RENEW \(channel) \(instrument.base)"]
        }

        func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
            let words = String(decoding: message, as: UTF8.self).split(separator: " ")
            switch words[0] {
            case "OK": return VenueMessage(events: [.subscribed(SubscriptionReply())])
            case "NO":
                let instrument = words.count > 1 ? SessionRefusalTests.bad : nil
                return VenueMessage(events: [
                    .subscriptionRefused(SubscriptionRefusal(message: "no", instrument: instrument))
                ])
            default:
                let instrument = words[0] == "0" ? SessionRefusalTests.good : SessionRefusalTests.bad
                guard let number = UInt64(words[1]),
                    let trade = try? Trade(
                        instrument: instrument, id: "\(number)", price: 10, quantity: 1, aggressor: .unknown,
                        eventTime: UnixNanos(seconds: Int64(number)), receiveTime: receivedAt)
                else { throw .malformed("no trade") }
                return VenueMessage(events: [.trade(trade, sequence: number)])
            }
        }
    }

    /// A session for trades and quotes of two instruments, four subscriptions in all.
    private struct Run {
        var session: MarketDataSession
        var elapsed = Duration.zero

        init() throws {
            let (feed, instruments) = (WordFeed(), [SessionRefusalTests.good, SessionRefusalTests.bad])
            session = MarketDataSession(
                feed: feed, connection: try feed.connections([], [])[0], channels: [.trades, .quotes],
                instruments: instruments, random: SplitMix64(seed: 5))
            _ = tell(.started)
            _ = tell(.connected)
        }

        mutating func tell(
            _ input: MarketDataSession.Input, after wait: Duration = .zero
        ) -> [MarketDataSession.Action] {
            elapsed += wait
            return session.handle(input, at: .init(elapsed: elapsed, time: UnixNanos(seconds: 100)))
        }

        mutating func hear(_ text: String, after wait: Duration = .zero) -> [MarketDataSession.Action] {
            tell(.message(Array(text.utf8), receivedAt: UnixNanos(0)), after: wait)
        }
    }

    private let refusal = MarketDataEvent.refused(SubscriptionRefusal(message: "no", instrument: bad))
    private let gaps = [VenueChannel.quotes, .trades].map {
        MarketDataEvent.gap(MarketDataStream(bad, $0), from: nil, to: UnixNanos(seconds: 100))
    }

    @Test("One instrument's refusal is told once, puts its streams in gap and leaves the others alone")
    func goesOn() throws {
        var run = try Run()
        #expect(run.hear("OK") == [])
        #expect(run.hear("NO 1") == ([refusal] + gaps).map { .emit($0) })
        #expect(run.hear("NO 1") == [])
        #expect(numbers(events(run.hear("0 7"))) == ["7"])
        // A refusal is an answer too: after the fourth the connection is live, and no acknowledgement waited for.
        _ = run.hear("OK")
        _ = run.tell(.woken)
        #expect(!run.tell(.woken, after: .seconds(16)).contains(.disconnect))
        #expect(run.session.statistics.refusals == 2 && run.session.statistics.gaps == 2)
    }

    @Test("It is asked for again after a while, and what then comes ends the gap")
    func asksAgain() throws {
        var run = try Run()
        for answer in ["OK", "NO 1", "NO 1", "OK"] { _ = run.hear(answer) }
        #expect(!run.tell(.woken, after: .seconds(299)).contains { if case .send = $0 { true } else { false } })
        for _ in 0..<2 {
            let asked = run.tell(.woken, after: .seconds(300))
            #expect(asked.contains(.send(["RENEW trades ETH"])) && asked.contains(.send(["RENEW quotes ETH"])))
            #expect(run.hear("NO 1") == [])
        }
        let trade = events(run.hear("1 3"))
        #expect(numbers(trade) == ["3"])
        #expect(
            trade.last
                == .recovered(MarketDataStream(Self.bad, .trades), backfilled: 0, isComplete: true))
        let asked = run.tell(.woken, after: .seconds(300))
        #expect(!asked.contains(.send(["RENEW trades ETH"])) && asked.contains(.send(["RENEW quotes ETH"])))
    }

    @Test("Refused on the next connection, a stream stays in gap, and its hole is filled once it comes again")
    func reconnected() throws {
        var run = try Run()
        for answer in ["OK", "OK", "OK", "OK", "1 3", "0 3"] { _ = run.hear(answer) }
        _ = run.tell(.disconnected(.interrupted("")))
        _ = run.tell(.woken, after: .seconds(1))
        _ = run.tell(.connected)
        for answer in ["OK", "NO 1", "NO 1"] { #expect(requests(run.hear(answer)) == []) }
        // The other instrument's hole is asked for at once.
        #expect(requests(run.hear("OK")).map { $0.subject.instrument } == [Self.good])
        let request = try #require(requests(run.hear("1 5")).first)
        #expect(request.subject.instrument == Self.bad)
    }

    @Test("A refusal that does not say whose ends the connection")
    func nameless() throws {
        var run = try Run()
        #expect(run.hear("NO") == [.emit(.refused(SubscriptionRefusal(message: "no"))), .disconnect])
    }
}

extension MarketDataRequest.Subject {
    fileprivate var instrument: Instrument? {
        if case .trades(let last) = self { last.trade.instrument } else { nil }
    }
}
