import Foundation
import Schema
import Testing
import Trading

@Suite("PaperVenue")
struct PaperVenueTests {
    /// No fee and no slippage, so that prices show the rules.
    private static let free = PaperVenueSettings(
        fees: FeeSchedule(maker: .zero, taker: .zero), halfSpread: .zero, impact: .zero, participation: .one)

    /// A venue that has seen bar 0 close at 100.
    private func venue(_ settings: PaperVenueSettings = free) throws -> PaperVenue {
        var venue = PaperVenue(settings: settings)
        #expect(venue.trade(try flatBar(-1, at: 100), position: .zero).isEmpty)
        return venue
    }

    private func submit(_ venue: inout PaperVenue, _ order: Order, position: Decimal12 = .zero) -> [PaperVenue.Report] {
        venue.submit(order, trace: FeedPosition(77), position: position)
    }

    @Test("A market order fills at the next bar's open, with spread, impact, tick and fee against us")
    func market() throws {
        var venue = try venue(
            PaperVenueSettings(
                fees: FeeSchedule(makerBasisPoints: Decimal12(1), takerBasisPoints: Decimal12(10)),
                halfSpread: Decimal12(2), impact: Decimal12(100), participation: decimal("0.5")))
        #expect(submit(&venue, try order("b", .buy, "10")).states == [.accepted])
        #expect(submit(&venue, try order("s", .sell, "10")).states == [.accepted])
        let reports = venue.trade(try bar(0, open: 101, high: 110, low: 90, close: 95, volume: 100), position: .zero)
        // A tenth of the volume: 2 + 10 basis points of 101 are 0.1212; the grid is 0.01.
        #expect(reports.fills.map(\.price) == [decimal("101.13"), decimal("100.87")])
        #expect(reports.fills.map(\.fee) == [decimal("1.0113"), decimal("1.0087")])
        #expect(reports.fills.map(\.id) == ["b/1", "s/1"])
        #expect(reports.fills.allSatisfy { $0.time == moment(0) })
        #expect(reports.states == [.filled, .filled])
        #expect(reports.allSatisfy { $0.trace == FeedPosition(77) })
        #expect(venue.openOrderCount == 0)
    }

    @Test("A bar that was open when the order was decided gives it nothing")
    func noLookAhead() throws {
        var venue = try venue()
        _ = submit(&venue, try order(after: 1))
        #expect(venue.trade(try flatBar(0, at: 100), position: .zero).isEmpty)
        #expect(venue.trade(try flatBar(1, at: 105), position: .zero).fills.map(\.price) == [Decimal12(105)])
    }

    @Test("Orders take at most their share of a bar's volume; the rest waits for the next bars")
    func participation() throws {
        var settings = Self.free
        settings.participation = decimal("0.1")
        var venue = try venue(settings)
        _ = submit(&venue, try order("a", .buy, "1.5"))
        _ = submit(&venue, try order("b", .buy, "0.7"))
        let first = venue.trade(try flatBar(0, at: 100, volume: 10), position: .zero)
        #expect(first.fills.map(\.quantity) == [Decimal12(1)])
        #expect(first.states == [.partiallyFilled])
        #expect(venue.trade(try flatBar(1, at: 101, volume: 0), position: .one).isEmpty, "nothing was traded")
        let third = venue.trade(try flatBar(2, at: 102, volume: 10), position: .one)
        #expect(third.fills.map(\.quantity) == [decimal("0.5"), decimal("0.5")])
        #expect(third.fills.map(\.id) == ["a/2", "b/1"])
        #expect(third.states == [.filled, .partiallyFilled])
        #expect(third.compactMap(\.event).map(\.filledQuantity) == [decimal("1.5"), decimal("0.5")])
        #expect(third.compactMap(\.event).map(\.number) == [3, 2])
    }

    @Test("Immediate-or-cancel takes what its one bar gives; fill-or-kill takes all or nothing")
    func timeInForce() throws {
        var settings = Self.free
        settings.participation = decimal("0.1")
        var venue = try venue(settings)
        _ = submit(&venue, try order("ioc", .buy, "1.5", timeInForce: .immediateOrCancel))
        let first = venue.trade(try flatBar(0, at: 100, volume: 10), position: .zero)
        #expect(first.fills.map(\.quantity) == [Decimal12(1)])
        #expect(first.states == [.partiallyFilled, .cancelled])
        _ = submit(&venue, try order("fok", .buy, "1.5", timeInForce: .fillOrKill))
        let second = venue.trade(try flatBar(1, at: 100, volume: 10), position: .zero)
        #expect(second.fills.isEmpty && second.states == [.cancelled])
        _ = submit(&venue, try order("fok2", .buy, "1", timeInForce: .fillOrKill))
        #expect(venue.trade(try flatBar(2, at: 100, volume: 10), position: .zero).states == [.filled])
        _ = submit(&venue, try order("limit", .buy, kind: .limit, limit: "99", timeInForce: .immediateOrCancel))
        #expect(
            venue.trade(try bar(3, open: 100, high: 100, low: 90, close: 95), position: .zero).states == [.cancelled])
        #expect(venue.openOrderCount == 0)
    }

    @Test("A resting limit fills at its price when the bar trades through it, not when it only touches")
    func limitRule() throws {
        for (side, limit, touching, through) in [
            (Side.buy, "95", (100.0, 95.0), (100.0, 94.99)), (.sell, "105", (105.0, 100.0), (105.01, 100.0)),
        ] {
            var settings = Self.free
            settings.fees = FeeSchedule(maker: decimal("0.01"), taker: decimal("0.5"))
            settings.halfSpread = Decimal12(100)
            var venue = try venue(settings)
            _ = submit(&venue, try order("a", side, kind: .limit, limit: limit))
            let touched = try bar(0, open: 100, high: touching.0, low: touching.1, close: 100)
            #expect(venue.trade(touched, position: .zero).isEmpty)
            let crossed = try bar(1, open: 100, high: through.0, low: through.1, close: 100)
            let fills = venue.trade(crossed, position: .zero).fills
            #expect(fills.map(\.price) == [decimal(limit)], "no slippage for what rests")
            #expect(fills.map(\.fee) == [decimal(limit).multiplied(by: decimal("0.01"))], "the maker's fee")
            #expect(fills.map(\.time) == [crossed.closeTime])
        }
    }

    @Test("A resting limit that the next bar opens beyond still fills at its own price")
    func restingGap() throws {
        var venue = try venue()
        _ = submit(&venue, try order("a", .buy, kind: .limit, limit: "95"))
        #expect(venue.trade(try flatBar(0, at: 100), position: .zero).isEmpty)
        #expect(venue.trade(try flatBar(1, at: 90), position: .zero).fills.map(\.price) == [Decimal12(95)])
    }

    @Test("A limit that could trade at once does so at the open, no worse than its limit, unless it is post-only")
    func marketable() throws {
        var settings = Self.free
        settings.halfSpread = Decimal12(100)
        var venue = try venue(settings)
        _ = submit(&venue, try order("a", .buy, kind: .limit, limit: "102"))
        _ = submit(&venue, try order("b", .buy, kind: .limit, limit: "100.5"))
        _ = submit(&venue, try order("c", .buy, kind: .limit, limit: "102", postOnly: true))
        _ = submit(&venue, try order("d", .buy, kind: .limit, limit: "99", postOnly: true))
        let reports = venue.trade(try flatBar(0, at: 100), position: .zero)
        #expect(reports.fills.map(\.price) == [Decimal12(101), decimal("100.5")])
        #expect(reports.states == [.filled, .filled, .cancelled])
        #expect(venue.openOrderCount == 1, "the post-only one below the market rests")
    }

    @Test("A stop fills at its price, or at the open when the bar gaps through it; a take profit likewise")
    func stops() throws {
        for (kind, side, stop, bars, price) in [
            (OrderKind.stop, Side.sell, "95", (100.0, 101.0, 95.0, 96.0), "95"),
            (.stop, .sell, "95", (92.0, 93.0, 90.0, 91.0), "92"),
            (.stop, .buy, "105", (100.0, 105.0, 99.0, 104.0), "105"),
            (.stop, .buy, "105", (107.0, 108.0, 106.0, 107.0), "107"),
            (.takeProfit, .sell, "105", (100.0, 106.0, 99.0, 104.0), "105"),
            (.takeProfit, .sell, "105", (107.0, 108.0, 106.0, 107.0), "107"),
            (.takeProfit, .buy, "95", (93.0, 94.0, 92.0, 93.0), "93"),
        ] {
            var venue = try venue()
            _ = submit(&venue, try order("a", side, kind: kind, stop: stop))
            #expect(venue.trade(try flatBar(0, at: 100), position: .zero).isEmpty, "not reached")
            let candle = try bar(1, open: bars.0, high: bars.1, low: bars.2, close: bars.3)
            #expect(
                venue.trade(candle, position: .zero).fills.map(\.price) == [decimal(price)], "\(kind) \(side) \(price)")
        }
    }

    @Test("A reduce-only order never turns a position, and is cancelled when there is nothing left to reduce")
    func reduceOnly() throws {
        var venue = try venue()
        #expect(submit(&venue, try order("x", .sell, reduceOnly: true)).reasons == ["nothing to reduce"])
        #expect(submit(&venue, try order("y", .buy, reduceOnly: true), position: .one).states == [.rejected])
        _ = submit(&venue, try order("a", .sell, "3", reduceOnly: true), position: Decimal12(2))
        _ = submit(&venue, try order("b", .sell, "1", reduceOnly: true), position: Decimal12(2))
        let reports = venue.trade(try flatBar(0, at: 100), position: Decimal12(2))
        #expect(reports.fills.map(\.quantity) == [Decimal12(2)])
        #expect(reports.states == [.partiallyFilled, .cancelled])
        #expect(venue.trade(try flatBar(1, at: 100), position: .zero).states == [.cancelled])
        #expect(venue.openOrderCount == 0)
    }

    @Test("Every reason to reject is given as such")
    func rejections() throws {
        var venue = try venue()
        func reason(_ order: Order) -> [String] { submit(&venue, order).reasons }
        #expect(reason(try order("1", instrument: ether)) == ["no price yet"])
        #expect(reason(try order("2", .buy, "0.000001")) == ["quantity below the minimum or off the grid"])
        #expect(reason(try order("3", .buy, "1.000001")) == ["quantity below the minimum or off the grid"])
        #expect(reason(try order("4", .buy, "0.04")) == ["value below the minimum"])
        #expect(reason(try order("5", kind: .limit)) == ["limit or stop price missing"])
        #expect(reason(try order("6", kind: .stop, limit: "1")) == ["limit or stop price missing"])
        #expect(reason(try order("7", kind: .limit, limit: "99.999")) == ["price off the grid"])
        #expect(reason(try order("8", kind: .trailingStop, stop: "99")) == ["order kind not supported"])
        #expect(venue.openOrderCount == 0)
        var closed = PaperVenue(rules: RuleBook())
        _ = closed.trade(try flatBar(-1, at: 100), position: .zero)
        #expect(submit(&closed, try order("9")).reasons == ["unknown instrument"])
    }

    @Test("A client id that comes again changes nothing, after a rejection too, for the last 1024 ids")
    func duplicates() throws {
        var venue = try venue()
        #expect(submit(&venue, try order("a")).states == [.accepted])
        #expect(submit(&venue, try order("a", .sell, "2")).isEmpty)
        #expect(submit(&venue, try order("r", .buy, "0.01")).states == [.rejected])
        #expect(submit(&venue, try order("r")).isEmpty)
        #expect(venue.trade(try flatBar(0, at: 100), position: .zero).fills.map(\.quantity) == [.one])
        #expect(submit(&venue, try order("a")).isEmpty, "nor once it is done")
        for index in 0..<1023 { _ = submit(&venue, try order("n\(index)", .buy, "0.01")) }
        #expect(submit(&venue, try order("r")).isEmpty, "the 1024th last")
        #expect(submit(&venue, try order("a")).states == [.accepted], "forgotten")
        var restored = try self.venue()
        restored.restore(try JSONDecoder().decode(PaperVenue.State.self, from: JSONEncoder().encode(venue.state)))
        #expect(restored.state == venue.state)
        for index in 0..<500 { _ = submit(&restored, try order("m\(index)", .buy, "0.01")) }
        #expect(
            submit(&restored, try order("n1022", .buy, "0.01")).isEmpty, "a restored venue forgets the oldest first")
        #expect(submit(&restored, try order("n0", .buy, "0.01")).states == [.rejected])
    }

    @Test("An order ends when its lifetime is over, and all end when trading is halted")
    func endings() throws {
        var settings = Self.free
        settings.lifetimeBars = 3
        var venue = try venue(settings)
        _ = venue.trade(try flatBar(-1, ether, at: 10), position: .zero)
        _ = submit(&venue, try order("e", instrument: ether, kind: .limit, limit: "5"))
        _ = submit(&venue, try order("b", kind: .limit, limit: "50"))
        #expect(venue.expire(at: moment(2), timeframe: .minute1).isEmpty)
        let expired = venue.expire(at: moment(3), timeframe: .minute1)
        #expect(expired.states == [.expired, .expired])
        #expect(expired.compactMap(\.event).map(\.instrument) == [bitcoin, ether], "in instrument order")
        #expect(venue.openOrderCount == 0)
        _ = submit(&venue, try order("c", kind: .limit, limit: "50", after: 3))
        #expect(venue.cancelAll(at: moment(4), reason: "halted").states == [.cancelled])
        #expect(venue.trade(try flatBar(4, at: 10), position: .zero).isEmpty)
    }
}
