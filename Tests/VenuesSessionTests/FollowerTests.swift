import Market
import Schema
import Testing

@testable import Venues

@Suite("Trade follower")
struct TradeFollowerTests {
    private func trade(_ number: Int, isNumbered: Bool = true) throws -> NumberedTrade {
        let trade = try Trade(
            instrument: Instrument("binance.BTC-USDT"), id: String(number), price: 1, quantity: 1, aggressor: .buyer,
            eventTime: UnixNanos(Int64(number)), receiveTime: UnixNanos(0))
        return NumberedTrade(trade: trade, sequence: isNumbered ? UInt64(number) : nil)
    }

    private func names(_ filling: TradeFollower.Filling) -> [String] { filling.trades.map(\.trade.id) }

    @Test("A missing number is a hole; what follows is held until the archive has filled it, and nothing comes twice")
    func hole() throws {
        var follower = TradeFollower()
        #expect(follower.receive(try trade(1)) == .trade(try trade(1)))
        #expect(follower.receive(try trade(1)) == .repeated)
        #expect(follower.receive(try trade(4)) == .hole)
        #expect(follower.receive(try trade(5)) == .held)
        let filling = follower.fill(try (1...4).map { try trade($0) })
        #expect(names(filling) == ["2", "3", "4"] && filling.repeated == 1 && filling.isComplete)
        let released = follower.release(force: false)
        #expect(names(released) == ["5"] && released.repeated == 1 && released.isComplete)
        #expect(follower.receive(try trade(6)) == .trade(try trade(6)))
    }

    @Test("Held trades wait on while the archive lags, and are let go by force with the loss told")
    func laggingArchive() throws {
        var follower = TradeFollower()
        _ = follower.receive(try trade(1))
        _ = follower.receive(try trade(5))
        #expect(names(follower.fill([try trade(2)])) == ["2"])
        #expect(follower.release(force: false) == .init(isComplete: false))
        #expect(follower.isHolding)
        let released = follower.release(force: true)
        #expect(names(released) == ["5"] && !released.isComplete && !follower.isHolding)
    }

    @Test("Trades that came out of order go out in order")
    func disorder() throws {
        var follower = TradeFollower()
        for number in [1, 3, 2] { _ = follower.receive(try trade(number)) }
        #expect(names(follower.release(force: false)) == ["2", "3"])
    }

    @Test("A second loss behind held trades is not forgotten when the archive has reached those")
    func secondLoss() throws {
        var follower = TradeFollower()
        _ = follower.receive(try trade(1, isNumbered: false))
        _ = follower.lose()
        _ = follower.receive(try trade(3, isNumbered: false))
        _ = follower.lose()
        _ = follower.receive(try trade(5, isNumbered: false))
        #expect(names(follower.fill(try [2, 3].map { try trade($0, isNumbered: false) })) == ["2", "3"])
        #expect(follower.release(force: false) == .init(isComplete: false))
        #expect(names(follower.fill(try [4, 5].map { try trade($0, isNumbered: false) })) == ["4", "5"])
        #expect(follower.release(force: false).isComplete)
    }

    @Test("Without numbers, names show what was had already, on the stream and from the archive")
    func unnumbered() throws {
        var follower = TradeFollower()
        #expect(follower.lose() == nil)
        for number in [1, 2] { _ = follower.receive(try trade(number, isNumbered: false)) }
        #expect(follower.receive(try trade(2, isNumbered: false)) == .repeated)
        #expect(follower.lose()?.trade.id == "2")
        #expect(follower.receive(try trade(4, isNumbered: false)) == .held)
        // An archive that has not reached the held trade may lack others before it.
        #expect(follower.release(force: false) == .init(isComplete: false))
        #expect(names(follower.fill(try [2, 3, 4].map { try trade($0, isNumbered: false) })) == ["3", "4"])
        #expect(follower.release(force: false) == .init(repeated: 1, isComplete: true))
    }
}

@Suite("Candle follower")
struct CandleFollowerTests {
    private func row(_ minute: Int64) -> CandleRow {
        CandleRow(
            instrument: "binance.BTC-USDT", timeframe: .minute1, openMilliseconds: minute * 60_000, open: 1, high: 1,
            low: 1, close: 1, volume: Double(minute), source: .exchange)
    }

    private func candle(_ minute: Int64, _ isClosed: Bool) -> VenueCandle {
        VenueCandle(row: row(minute), isClosed: isClosed)
    }

    private func range(_ from: Int64, _ to: Int64) -> Range<UnixNanos> {
        UnixNanos(seconds: from * 60)..<UnixNanos(seconds: to * 60)
    }

    @Test("A closed candle goes out once; one that is open does not")
    func once() {
        var follower = CandleFollower(timeframe: .minute1)
        #expect(follower.receive(candle(5, false)) == .open)
        #expect(follower.receive(candle(5, true)) == .candle(row(5)))
        #expect(follower.receive(candle(5, true)) == .repeated)
        #expect(follower.receive(candle(4, true)) == .repeated)
        #expect(follower.receive(candle(6, false)) == .open)
    }

    @Test("Missing candles are fetched before later ones go out")
    func hole() {
        var follower = CandleFollower(timeframe: .minute1)
        _ = follower.receive(candle(5, true))
        #expect(follower.receive(candle(8, true)) == .missing(range(6, 8), isHole: true))
        #expect(follower.receive(candle(9, true)) == .held)
        let first = follower.fill([row(6)], upTo: UnixNanos(seconds: 480), force: false)
        #expect(first == .init(candles: [row(6)], missing: range(7, 8)))
        let second = follower.fill([row(6), row(7)], upTo: UnixNanos(seconds: 480), force: false)
        #expect(second == .init(candles: [row(7), row(8), row(9)], repeated: 1))
    }

    @Test("What the venue does not have is settled by force, and a hole behind it is asked for")
    func absent() {
        var follower = CandleFollower(timeframe: .minute1)
        _ = follower.receive(candle(5, true))
        _ = follower.receive(candle(7, true))
        _ = follower.receive(candle(9, true))
        let filling = follower.fill([], upTo: UnixNanos(seconds: 420), force: true)
        #expect(filling == .init(candles: [row(7)], missing: range(8, 9)))
    }

    @Test("Where the venue never says that a candle is closed, the next one shows it, and that is no hole")
    func unmarked() {
        var follower = CandleFollower(timeframe: .minute1)
        _ = follower.receive(candle(5, false))
        #expect(follower.receive(candle(6, false)) == .missing(range(5, 6), isHole: false))
        #expect(follower.fill([row(5)], upTo: UnixNanos(seconds: 360), force: false) == .init(candles: [row(5)]))
        // Two at once are one too many.
        #expect(follower.receive(candle(8, false)) == .missing(range(6, 8), isHole: true))
    }

    @Test("After a loss the same candles are asked for again")
    func loss() {
        var follower = CandleFollower(timeframe: .minute1)
        _ = follower.receive(candle(5, true))
        _ = follower.receive(candle(8, false))
        follower.lose()
        #expect(!follower.isFetching)
        #expect(follower.fetch() == range(6, 8))
    }
}
