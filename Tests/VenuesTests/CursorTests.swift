import Market
import Schema
import Testing
@testable import Venues

@Suite("Candle cursor")
struct CandleCursorTests {
    let bitcoin = Instrument("coinbase.BTC-USD")

    private func cursor(_ paging: CandleCursor.Paging, from: Int64 = 600, to: Int64 = 1200) -> CandleCursor {
        CandleCursor(
            instrument: bitcoin, timeframe: .minute1, from: UnixNanos(seconds: from), to: UnixNanos(seconds: to),
            asOf: UnixNanos(seconds: 99_999), paging: paging)
    }

    private func rows(_ minutes: some Sequence<Int64>) -> [PublishedCandle] {
        minutes.map {
            PublishedCandle(openTime: UnixNanos(seconds: $0 * 60), open: 2, high: 4, low: 1, close: 3, volume: 5)
        }
    }

    private func seconds(_ window: Range<UnixNanos>?) -> Range<Int64>? {
        window.map { $0.lowerBound.milliseconds / 1000..<$0.upperBound.milliseconds / 1000 }
    }

    @Test("Windows follow each other to the end, whether there are candles in them or not")
    func windows() throws {
        var cursor = cursor(.windows(of: 4))
        #expect(seconds(cursor.window) == 600..<840)
        #expect(try cursor.accept(rows(10...13), date: nil).candles.count == 4)
        #expect(seconds(cursor.window) == 840..<1080)
        #expect(try cursor.accept([], date: nil).candles.isEmpty)
        #expect(seconds(cursor.window) == 1080..<1200)
        #expect(try cursor.accept(rows(18...19), date: nil).candles.count == 2)
        #expect(cursor.window == nil)
    }

    @Test("What a venue gives beyond a window is dropped, and comes with the next one")
    func beyondTheWindow() throws {
        var cursor = cursor(.windows(of: 4))
        #expect(try cursor.accept(rows(8...15), date: nil).candles.map(\.openTime.seconds) == [600, 660, 720, 780])
        #expect(try cursor.accept(rows(13...17), date: nil).candles.map(\.openTime.seconds) == [840, 900, 960, 1020])
    }

    @Test("A candle that is still open by the venue's clock ends the download")
    func openCandle() throws {
        var cursor = cursor(.windows(of: 4))
        #expect(try cursor.accept(rows(10...13), date: 779).candles.count == 2)
        #expect(cursor.window == nil)
    }

    @Test("A venue that has the newest candles only is asked once, and what is older than wanted is dropped")
    func newestOnly() throws {
        var cursor = cursor(.newestOnly)
        #expect(seconds(cursor.window) == 600..<1200)
        let wanted = (10..<20).map { UnixNanos(seconds: $0 * 60) }
        #expect(try cursor.accept(rows(5...30), date: nil).candles.map(\.openTime) == wanted)
        #expect(cursor.window == nil)
    }

    private static let ways: [CandleCursor.Paging] = [.windows(of: 4), .newestOnly, .fromStart]

    @Test("Rows out of order are an error in every way of paging", arguments: ways)
    func disorder(paging: CandleCursor.Paging) {
        var cursor = cursor(paging)
        let rows = rows([11, 10])
        #expect(throws: CandleDisorder(row: 1, openTime: UnixNanos(seconds: 600))) {
            try cursor.accept(rows, date: nil)
        }
    }
}

@Suite("Trade cursors")
struct TradeCursorTests {
    private func trade(_ number: UInt64, second: Int64? = nil, isNumbered: Bool = true) throws -> NumberedTrade {
        NumberedTrade(
            trade: try Trade(
                instrument: Instrument("kraken.BTC-USD"), id: "\(number)", price: 1, quantity: 1, aggressor: .buyer,
                eventTime: UnixNanos(seconds: second ?? Int64(number)), receiveTime: UnixNanos(0)),
            sequence: isNumbered ? number : nil)
    }

    private func trades(_ numbers: ClosedRange<UInt64>) throws -> [NumberedTrade] { try numbers.map { try trade($0) } }

    @Test("Pages that overlap give every trade once, and a page that is not full is the last")
    func overlap() throws {
        var cursor = TradeCursor(after: try trade(10), pageSize: 4)
        #expect(try cursor.accept(trades(9...12)).compactMap(\.sequence) == [11, 12] && !cursor.isFinished)
        #expect(try cursor.accept(trades(12...15)).compactMap(\.sequence) == [13, 14, 15] && !cursor.isFinished)
        #expect(try cursor.accept(trades(15...16)).compactMap(\.sequence) == [16] && cursor.isFinished)
    }

    @Test("A full page with nothing new is the last, or it would be asked for for ever")
    func nothingNew() throws {
        var cursor = TradeCursor(after: try trade(10), pageSize: 4)
        #expect(try cursor.accept(trades(7...10)).isEmpty && cursor.isFinished)
    }

    @Test("Trades without numbers are new when they are later")
    func withoutNumbers() throws {
        var cursor = TradeCursor(after: try trade(10, isNumbered: false), pageSize: 4)
        let page = try [10, 11, 12].map { try trade($0, isNumbered: false) }
        #expect(try cursor.accept(page).map(\.trade.id) == ["11", "12"])
    }

    @Test("Numbers that do not rise are an error")
    func disorder() throws {
        var cursor = TradeCursor(after: try trade(10), pageSize: 4)
        let page = try [trade(11), trade(11)]
        #expect(throws: TradeDisorder(row: 1, id: "11")) { try cursor.accept(page) }
    }

    @Test("A walk backwards ends at the known trade, and gives all after it, oldest first, once")
    func backwards() throws {
        // Ten trades a second; the known one is number 10 in second 1.
        func second(of number: UInt64) -> Int64 { Int64(number / 10) }
        func answer(_ window: ClosedRange<Int64>) throws -> [NumberedTrade] {
            try (0...5000).filter { window.contains(second(of: $0)) }.suffix(BackwardTradeWalk.pageSize)
                .map { try trade($0, second: second(of: $0)) }
        }
        var walk = BackwardTradeWalk(after: 10, at: UnixNanos(seconds: 1), asOf: UnixNanos(seconds: 500))
        var pages = 0
        while let window = walk.window {
            try walk.accept(answer(window))
            pages += 1
        }
        #expect(walk.takeTrades()?.compactMap(\.sequence) == Array(11...5000))
        #expect(walk.takeTrades() == nil && pages == 6)
    }

    @Test("A page that lies within one second cannot be paged beyond, which is an error and no endless loop")
    func fullSecond() throws {
        var walk = BackwardTradeWalk(after: 10, at: UnixNanos(seconds: 1), asOf: UnixNanos(seconds: 6))
        let page = try (2000..<3000).map { try trade($0, second: 7) }
        #expect(throws: TradeDisorder(row: 0, id: "2000")) { try walk.accept(page) }
    }
}
