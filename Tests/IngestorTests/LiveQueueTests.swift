import Market
import Schema
import Testing
import Venues

@testable import Ingestor

@Suite("Live queue")
struct LiveQueueTests {
    private let bitcoin = Instrument("binance.BTC-USDT")
    private let queue = LiveQueue(
        StepCollector(
            instruments: [Instrument("binance.BTC-USDT")], patience: .init(late: 0, outage: 0, events: 0)),
        venues: [.binance, .kraken])

    /// The candle that closes at the end of a minute.
    private func row(_ minute: Int64) -> CandleRow {
        CandleRow(
            instrument: bitcoin.name, timeframe: .minute1, openMilliseconds: (minute - 1) * 60_000, open: 1, high: 1,
            low: 1, close: 1, volume: 1, source: .exchange)
    }

    private func time(_ minute: Int64) -> UnixNanos { UnixNanos(seconds: minute * 60) }

    @Test("A stream's candle must follow the one before; one of REST may leap; none comes twice")
    func candles() {
        queue.begin(bitcoin, at: time(3))
        #expect(!queue.accept(row(3), of: bitcoin, mayLeap: true, at: time(5)))
        #expect(!queue.accept(row(5), of: bitcoin, mayLeap: false, at: time(5)))
        #expect(queue.accept(row(4), of: bitcoin, mayLeap: false, at: time(5)))
        #expect(!queue.accept(row(4), of: bitcoin, mayLeap: true, at: time(5)))
        #expect(queue.accept(row(6), of: bitcoin, mayLeap: true, at: time(6)))
        #expect(!queue.accept(row(5), of: bitcoin, mayLeap: true, at: time(6)))
        #expect(queue.frontier(of: bitcoin) == time(6))
        #expect(queue.next(at: time(7))?.closeTime == time(4) && queue.next(at: time(7))?.closeTime == time(6))
    }

    @Test(
        "A candle that was not waited for any more is taken when it comes after all, once, for the feed to call it late"
    )
    func late() {
        queue.begin(bitcoin, at: time(3))
        queue.tell { $0.settle(bitcoin, upTo: time(5)) }
        #expect(queue.accept(row(4), of: bitcoin, mayLeap: false, at: time(6)))
        #expect(!queue.accept(row(4), of: bitcoin, mayLeap: false, at: time(6)))
        #expect(queue.accept(row(6), of: bitcoin, mayLeap: false, at: time(6)))
    }

    @Test("The newest trade that has come is known, whether its moment is over or not, until it is forgotten")
    func trades() throws {
        func trade(_ number: UInt64) throws -> NumberedTrade {
            NumberedTrade(
                trade: try Trade(
                    instrument: bitcoin, id: "\(number)", price: 1, quantity: 1, aggressor: .buyer, eventTime: time(1),
                    receiveTime: time(1)),
                sequence: number)
        }
        queue.start(.init(behind: time(1), trades: [bitcoin: try trade(4)], sides: [:]))
        #expect(queue.trades[bitcoin]?.sequence == 4)
        queue.accept(try trade(5))
        #expect(queue.trades[bitcoin]?.sequence == 5)
        queue.forgetTrade(of: bitcoin)
        #expect(queue.trades.isEmpty)
    }

    @Test("Venues that never answered are named with their last failure, and given up once for all")
    func unreached() {
        queue.failed(.kraken, "no connection")
        #expect(queue.unreached == "binance: no answer yet; kraken: no connection")
        queue.reached(.binance)
        queue.reached(.kraken)
        queue.failed(.kraken, "gone again")
        #expect(queue.unreached == nil)
    }

    @Test("A source whose venues do not answer in time is given up, and one that answers never is")
    func patience() {
        var impatient = VenueSource(queue: queue, detail: "", to: nil, patience: -1)
        guard case .unavailable(let reason) = impatient.next() else { return #expect(Bool(false)) }
        #expect(reason.contains("binance") && queue.isClosed)
        queue.reached(.binance)
        queue.reached(.kraken)
        var reached = VenueSource(queue: queue, detail: "", to: time(4), patience: -1)
        guard case .waiting = reached.next() else { return #expect(Bool(false)) }
        for minute in Int64(4)...5 { queue.accept(row(minute), of: bitcoin, mayLeap: true, at: time(minute)) }
        guard case .step = reached.next() else { return #expect(Bool(false)) }
        guard case .finished = reached.next() else { return #expect(Bool(false)) }
    }
}
