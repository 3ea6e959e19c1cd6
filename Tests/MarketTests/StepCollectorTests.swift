import Market
import Schema
import Testing

@Suite("Collector of live steps")
struct StepCollectorTests {
    static let bitcoin = Instrument("binance.BTC-USDT")
    static let ether = Instrument("kraken.ETH-USD")
    static let second: Int64 = 1_000_000_000

    /// Patience of 20 s, of 600 s for outages, and of half a second for events.
    var collector = StepCollector(
        instruments: [bitcoin, ether],
        patience: .init(late: 20 * second, outage: 600 * second, events: second / 2))

    /// The end of a minute, and seconds after it.
    private func time(_ minute: Int64, plus seconds: Double = 0) -> UnixNanos {
        UnixNanos(minute * 60 * Self.second + Int64(seconds * 1e9))
    }

    /// The candle that closes at the end of a minute.
    private func row(_ instrument: Instrument, _ minute: Int64) -> CandleRow {
        CandleRow(
            instrument: instrument.name, timeframe: .minute1, openMilliseconds: (minute - 1) * 60_000, open: 1, high: 1,
            low: 1, close: 1, volume: 1, source: .exchange)
    }

    private func trade(_ number: UInt64, at time: UnixNanos) throws -> NumberedTrade {
        NumberedTrade(
            trade: try Trade(
                instrument: Self.bitcoin, id: "\(number)", price: 1, quantity: 1, aggressor: .buyer, eventTime: time,
                receiveTime: time),
            sequence: number)
    }

    @Test("A moment is over as soon as every instrument's candle is there, in whatever order they came")
    mutating func whole() {
        collector.accept(row(Self.ether, 2), at: time(2, plus: 1))
        #expect(collector.next(at: time(2, plus: 2)) == nil)
        collector.accept(row(Self.bitcoin, 1), at: time(2, plus: 2))
        collector.accept(row(Self.bitcoin, 2), at: time(2, plus: 2))
        // Ether has gone on, so its candle of the first minute does not exist.
        let first = collector.next(at: time(2, plus: 2))
        #expect(first?.closeTime == time(1) && first?.rows == [row(Self.bitcoin, 1)])
        let second = collector.next(at: time(2, plus: 2))
        #expect(second?.closeTime == time(2) && second?.rows.count == 2)
        #expect(collector.next(at: time(3)) == nil)
    }

    @Test("Who is late is waited for from the first candle on, and then no longer")
    mutating func late() {
        collector.accept(row(Self.bitcoin, 1), at: time(1, plus: 5))
        #expect(collector.next(at: time(1, plus: 24.9)) == nil)
        #expect(collector.next(at: time(1, plus: 25))?.rows == [row(Self.bitcoin, 1)])
        // What comes now comes with the next step, for the feed to call it late.
        collector.accept(row(Self.ether, 1), at: time(1, plus: 26))
        collector.accept(row(Self.bitcoin, 2), at: time(2, plus: 1))
        collector.accept(row(Self.ether, 2), at: time(2, plus: 1))
        let step = collector.next(at: time(2, plus: 1))
        #expect(step?.rows == [row(Self.ether, 1), row(Self.bitcoin, 2), row(Self.ether, 2)])
    }

    @Test("While a source fetches what it lost, its instrument is waited for longer, even with candles there")
    mutating func outage() {
        collector.hold(Self.ether, for: .trades)
        collector.hold(Self.ether, for: .candles)
        collector.accept(row(Self.bitcoin, 1), at: time(1, plus: 1))
        collector.accept(row(Self.ether, 1), at: time(1, plus: 1))
        #expect(collector.next(at: time(1, plus: 500)) == nil)
        collector.release(Self.ether, from: .candles)
        #expect(collector.next(at: time(1, plus: 500)) == nil)
        collector.release(Self.ether, from: .trades)
        #expect(collector.next(at: time(1, plus: 500))?.rows.count == 2)
        collector.hold(Self.ether, for: .candles)
        collector.accept(row(Self.bitcoin, 20), at: time(20, plus: 1))
        #expect(collector.next(at: time(20, plus: 600)) == nil)
        #expect(collector.next(at: time(20, plus: 601))?.rows.count == 1)
    }

    @Test("While trades are fetched in their order, each moment before the newest one is over, and no other")
    mutating func backfill() throws {
        collector.hold(Self.bitcoin, for: .trades)
        for minute in Int64(1)...3 {
            for instrument in [Self.bitcoin, Self.ether] {
                collector.accept(row(instrument, minute), at: time(3, plus: 1))
            }
        }
        collector.accept(try trade(1, at: time(1, plus: -1)))
        #expect(collector.next(at: time(3, plus: 2)) == nil)
        collector.accept(try trade(2, at: time(2, plus: 30)))
        #expect(collector.next(at: time(3, plus: 2))?.events.count == 1)
        #expect(collector.next(at: time(3, plus: 2))?.closeTime == time(2))
        #expect(collector.next(at: time(3, plus: 2)) == nil)
        collector.release(Self.bitcoin, from: .trades)
        #expect(collector.next(at: time(3, plus: 2))?.events.count == 1 && collector.count == 0)
    }

    @Test(
        "Nothing is given up while nobody has a candle: after an outage of all, the first to come back waits for the rest"
    )
    mutating func silence() {
        collector.hold(Self.bitcoin, for: .candles)
        collector.hold(Self.ether, for: .candles)
        #expect(collector.next(at: time(500)) == nil)
        for minute in Int64(1)...500 { collector.accept(row(Self.bitcoin, minute), at: time(500, plus: 1)) }
        collector.release(Self.bitcoin, from: .candles)
        #expect(collector.next(at: time(500, plus: 2)) == nil)
        for minute in Int64(1)...500 { collector.accept(row(Self.ether, minute), at: time(500, plus: 3)) }
        collector.release(Self.ether, from: .candles)
        for minute in Int64(1)...500 {
            let step = collector.next(at: time(500, plus: 3))
            #expect(step?.closeTime == time(minute) && step?.rows.count == 2)
        }
        #expect(collector.count == 0)
    }

    @Test("A source that says it has given all is not waited for")
    mutating func settled() {
        collector.accept(row(Self.bitcoin, 1), at: time(1, plus: 1))
        collector.settle(Self.ether, upTo: time(1))
        #expect(collector.next(at: time(1, plus: 1))?.rows.count == 1)
    }

    @Test("Events go with the first moment that may see them, and the newest trade is told with its number")
    mutating func events() throws {
        let trades = [
            try trade(1, at: time(0, plus: 30)), try trade(2, at: time(1, plus: -0.001)), try trade(3, at: time(1)),
        ]
        for trade in trades { collector.accept(trade) }
        let side = try SideValue(
            series: .fundingRate, instrument: Self.ether, value: 1, time: time(0), knownAt: time(1))
        collector.accept(.side(side))
        for minute in Int64(1)...2 {
            for instrument in [Self.bitcoin, Self.ether] {
                collector.accept(row(instrument, minute), at: time(2, plus: 1))
            }
        }
        let first = collector.next(at: time(2, plus: 1))
        #expect(first?.events == [.trade(trades[0].trade), .trade(trades[1].trade), .side(side)])
        #expect(first?.newestTrades == [trades[1]])
        let second = collector.next(at: time(2, plus: 1))
        #expect(second?.events == [.trade(trades[2].trade)] && second?.newestTrades == [trades[2]])
    }

    @Test("A moment lasts a little longer than its end, since trades come by another way than candles")
    mutating func settling() {
        for instrument in [Self.bitcoin, Self.ether] { collector.accept(row(instrument, 1), at: time(1)) }
        #expect(collector.next(at: time(1, plus: 0.499)) == nil)
        #expect(collector.next(at: time(1, plus: 0.5)) != nil)
    }

    @Test("What a source reports goes with the next step")
    mutating func anomalies() {
        let anomaly = Anomaly(
            kind: .gap, instrument: Self.ether.name, timeframe: .minute1, time: time(1), detail: "trades: lost")
        collector.report(anomaly)
        for instrument in [Self.bitcoin, Self.ether] { collector.accept(row(instrument, 1), at: time(1, plus: 1)) }
        #expect(collector.next(at: time(1, plus: 1))?.anomalies == [anomaly])
    }
}
