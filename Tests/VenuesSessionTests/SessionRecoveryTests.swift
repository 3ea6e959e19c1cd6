import HTTP
import Market
import Schema
import Testing
import Venues

@Suite("Session recovery")
struct SessionRecoveryTests {
    @Test("Trades of an outage come between those before and those after it, with the gap announced around them")
    func outage() throws {
        var run = try SessionRun(.numbered, [.trades])
        _ = run.begin()
        #expect(numbers(events(run.hear("T 1 10 1 1 #"))) == ["1"])
        let gap = events(run.tell(.disconnected(.interrupted("")), after: .seconds(5)))
        #expect(
            gap == [
                .gap(run.stream(.trades), from: UnixNanos(milliseconds: 1), to: UnixNanos(seconds: 105))
            ])
        _ = run.tell(.woken, after: .seconds(1))
        _ = run.tell(.connected)
        let request = try #require(requests(run.hear("OK #")).first)
        #expect(events(run.hear("T 4 10 1 4 #")) == [])
        let page = try [scriptedTrade(2), scriptedTrade(3)]
        let filled = events(run.tell(.answered(request, .trades(page))))
        #expect(numbers(filled) == ["2", "3", "4"])
        #expect(filled.last == .recovered(run.stream(.trades), backfilled: 2, isComplete: true))
        #expect(run.session.statistics.reconnects == 1 && run.session.statistics.lastReconnect == .seconds(1))
    }

    @Test("An archive that lags is asked again, and in the end what it lacks is told as lost")
    func laggingArchive() throws {
        var run = try SessionRun(.numbered, [.trades])
        _ = run.begin()
        _ = run.hear("T 1 10 1 1 #")
        var actions = run.hear("T 3 10 1 3 #")
        #expect(events(actions).count == 1)
        for round in 1...6 {
            let request = try #require(requests(actions).first, "round \(round)")
            let answered = events(run.tell(.answered(request, .trades([]))))
            if round == 6 {
                #expect(numbers(answered) == ["3"])
                #expect(answered.last == .recovered(run.stream(.trades), backfilled: 0, isComplete: false))
            } else {
                #expect(answered == [])
                _ = run.hear("H #", after: .seconds(9))
                actions = run.tell(.woken, after: .seconds(9))
            }
            _ = run.hear("H #")
        }
        #expect(run.session.statistics.losses == 1)
    }

    @Test("An answer that was asked for before the connection broke does not end the new gap")
    func staleAnswer() throws {
        var run = try SessionRun(.numbered, [.trades])
        _ = run.begin()
        _ = run.hear("T 1 10 1 1 #")
        let request = try #require(requests(run.hear("T 3 10 1 3 #")).first)
        _ = run.tell(.disconnected(.interrupted("")))
        #expect(run.tell(.answered(request, .trades([try scriptedTrade(2)]))) == [])
    }

    @Test("A request that fails is made again after a rest; one that the venue will never answer is not")
    func failedRequest() throws {
        let endpoint = VenueEndpoint(venue: "scripted", path: "/trades")
        for (error, isFinal) in [
            (VenueError.transport(endpoint, .timeout), false), (.unsupported(venue: "scripted", ""), true),
        ] {
            var run = try SessionRun(.numbered, [.trades])
            _ = run.begin()
            _ = run.hear("T 1 10 1 1 #")
            let request = try #require(requests(run.hear("T 3 10 1 3 #")).first)
            let answered = run.tell(.answered(request, .failed(error)))
            #expect(numbers(events(answered)) == (isFinal ? ["3"] : []))
            #expect(requests(run.tell(.woken, after: .seconds(2))).isEmpty == isFinal)
            #expect(run.session.statistics.losses == (isFinal ? 1 : 0))
        }
    }

    @Test("A message that cannot be read makes every stream suspect; one of an unclaimed type none")
    func nonsense() throws {
        var run = try SessionRun(.numbered, [.trades, .quotes])
        _ = run.begin()
        _ = run.hear("T 1 10 1 1 #")
        _ = run.hear("Q 1 9 1 11 1 1 #")
        let actions = run.hear("T 2 10 1")
        #expect(events(actions).count == 2 && requests(actions).count == 1)
        #expect(run.session.statistics.malformed == 1 && run.session.statistics.gaps == 2)
        // A quote's gap ends with the next quote, and what came in it is lost.
        let quote = events(run.hear("Q 5 9 1 11 1 5 #"))
        #expect(quote.first == .recovered(run.stream(.quotes), backfilled: 0, isComplete: false))
        // An older one says nothing new.
        #expect(run.hear("Q 4 9 1 11 1 4 #") == [])
    }

    @Test("A missing number of the connection makes every stream suspect, and a repeated message says nothing")
    func connectionNumbers() throws {
        var run = try SessionRun(.counted, [.trades, .depth])
        _ = run.tell(.started)
        _ = run.tell(.connected)
        _ = run.hear("1 OK #")
        #expect(events(run.hear("2 S 1 100 1 -101 1 #")).count == 1)
        #expect(numbers(events(run.hear("3 T 7 10 1 1 #"))) == ["7"])
        #expect(run.hear("3 T 7 10 1 1 #") == [])
        let actions = run.hear("5 H #", after: .seconds(1))
        #expect(events(actions).count == 2 && actions.contains(.send(["RENEW"])))
        #expect(requests(actions).map(\.subject).count == 1)
        // Updates say nothing until the stream has brought a snapshot.
        #expect(events(run.hear("6 D 1 1 100 5 1 #")) == [])
        let renewed = events(run.hear("7 S 1 100 2 -101 1 #"))
        #expect(renewed.first == .recovered(run.stream(.depth), backfilled: 0, isComplete: true) && renewed.count == 2)
    }

    @Test("A lost update of the book is announced, and a new snapshot asked for until one fits")
    func bookGap() throws {
        var run = try SessionRun(.numbered, [.depth])
        let first = try #require(requests(run.begin()).first)
        func snapshot(_ sequence: UInt64) throws -> MarketDataAnswer {
            .depth(
                DepthSnapshot(
                    instrument: run.instrument, bids: [try BookLevel(price: 100, quantity: 1)], asks: [],
                    sequence: sequence, eventTime: UnixNanos(0), receiveTime: UnixNanos(0)))
        }
        #expect(events(run.tell(.answered(first, try snapshot(1)))).count == 1)
        #expect(events(run.hear("D 2 2 100 2 1 #")).count == 1)
        // Far from the best levels nothing is passed on: the top ten have not changed.
        #expect(events(run.hear("D 3 3 -500 0 1 #")) == [])
        let lost = run.hear("D 5 5 100 5 1 #")
        #expect(events(lost).count == 1)
        let second = try #require(requests(lost).first)
        let tooOld = run.tell(.answered(second, try snapshot(3)))
        #expect(events(tooOld) == [] && requests(tooOld) == [])
        let third = try #require(requests(run.tell(.woken, after: .seconds(2))).first)
        let recovered = events(run.tell(.answered(third, try snapshot(4))))
        #expect(recovered.first == .recovered(run.stream(.depth), backfilled: 0, isComplete: true))
        guard case .book(let book) = recovered.last else {
            Issue.record("no book came")
            return
        }
        #expect(book.bids.map(\.quantity) == [5])
    }

    @Test("Candles of an outage are fetched as soon as a later one shows that they are missing")
    func candles() throws {
        var run = try SessionRun(.numbered, [.candles(.minute1)])
        _ = run.begin()
        #expect(events(run.hear("K 0 1 1 1 1 1 1 #")).count == 1)
        _ = run.tell(.disconnected(.interrupted("")))
        _ = run.tell(.woken, after: .seconds(1))
        _ = run.tell(.connected)
        #expect(requests(run.hear("OK #")) == [])
        let request = try #require(requests(run.hear("K 120000 1 1 1 1 1 0 #")).first)
        let span = UnixNanos(seconds: 60)..<UnixNanos(seconds: 120)
        #expect(request.subject == .candles(run.instrument, .minute1, span))
        let row = CandleRow(
            instrument: run.instrument.name, timeframe: .minute1, openMilliseconds: 60_000, open: 1, high: 1, low: 1,
            close: 1, volume: 1, source: .exchange)
        let filled = events(run.tell(.answered(request, .candles([row], []))))
        let end = MarketDataEvent.recovered(run.stream(.candles(.minute1)), backfilled: 1, isComplete: true)
        #expect(filled == [.candle(row), end])
    }

    @Test("A session that begins behind a trade has a gap from it on, and fills that before it passes live trades on")
    func known() throws {
        var run = try SessionRun(.numbered, [.trades], after: scriptedTrade(5))
        let begun = events(run.tell(.started))
        #expect(begun == [.gap(run.stream(.trades), from: UnixNanos(milliseconds: 5), to: UnixNanos(seconds: 100))])
        _ = run.tell(.connected)
        let request = try #require(requests(run.hear("OK #")).first)
        #expect(request.subject == .trades(after: try scriptedTrade(5)))
        #expect(events(run.hear("T 8 10 1 8 #")) == [])
        let filled = events(run.tell(.answered(request, .trades(try [6, 7].map(scriptedTrade)))))
        #expect(numbers(filled) == ["6", "7", "8"])
        #expect(filled.last == .recovered(run.stream(.trades), backfilled: 2, isComplete: true))
    }

    @Test("Candles that the venue refuses to give are told as lost, and those held behind them go out")
    func refusedCandles() throws {
        var run = try SessionRun(.numbered, [.candles(.minute1)])
        _ = run.begin()
        _ = run.hear("K 0 1 1 1 1 1 1 #")
        let hole = run.hear("K 120000 1 1 1 1 1 1 #")
        _ = run.hear("K 240000 1 1 1 1 1 1 #")
        let request = try #require(requests(hole).first)
        let refused = run.tell(.answered(request, .failed(.unsupported(venue: "scripted", ""))))
        #expect(events(refused).count == 1)
        // Behind the held candle there is another hole, which is asked for in its turn.
        let next = try #require(requests(refused).first)
        let last = events(run.tell(.answered(next, .failed(.unsupported(venue: "scripted", "")))))
        let end = MarketDataEvent.recovered(run.stream(.candles(.minute1)), backfilled: 0, isComplete: false)
        #expect(last.count == 2 && last.last == end)
    }
}
