import Foundation
import Schema
import TestKit
import Testing
import Trading

/// Exchange arithmetic against `golden/07_exchange_cases.json`: exact decimals of an independent implementation.
@Suite("Exchange cases", .enabled(if: SharedData.required || SharedData.folder != nil))
struct ExchangeCasesTests {
    private struct Case {
        let id: String
        let input: [String: Any]
        let output: [String: Any]

        func decimal(_ name: String) throws -> Decimal12 { try Decimal12(parsing: text(name)) }
        func text(_ name: String) throws -> String { try #require(input[name] as? String, "\(id): \(name)") }
        func expected(_ name: String) throws -> String { try #require(output[name] as? String, "\(id): \(name)") }
        func expect(_ value: Decimal12, _ name: String, places: Int = 12) throws {
            var unit = Decimal12.one128
            for _ in 0..<places { unit /= 10 }
            let rounded = value.rounded(toNearest: Decimal12(units: unit), tie: .toEven)
            #expect(rounded == (try Decimal12(parsing: expected(name))), "\(id) \(name)")
        }
        /// BUY, SELL, LONG or SHORT.
        func side(_ text: String) -> Side { text == "BUY" || text == "LONG" ? .buy : .sell }
    }

    @Test("Rounding, filters, fees, positions and funding are those of the exchanges")
    func cases() throws {
        let folder = try #require(SharedData.folder)
        let data = try Data(contentsOf: folder.appending(path: "golden/07_exchange_cases.json"))
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let cases = try #require(root["cases"] as? [[String: Any]])
        var covered: [String: Int] = [:]
        var others: [String: Int] = [:]
        for entry in cases {
            let category = try #require(entry["category"] as? String)
            let one = Case(
                id: try #require(entry["id"] as? String), input: try #require(entry["in"] as? [String: Any]),
                output: try #require(entry["out"] as? [String: Any]))
            guard let check = Self.checks[category] else {
                others[category, default: 0] += 1
                continue
            }
            try check(one)
            covered[category, default: 0] += 1
        }
        #expect(covered.values.reduce(0, +) >= 51)
        #expect(Set(covered.keys) == Set(Self.checks.keys))
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        print("exchange cases covered: \(covered.values.reduce(0, +)) of \(cases.count) (\(list(covered)))")
        print("exchange cases not covered: \(list(others))")
    }

    private static func rules(tick: Decimal12 = .zero, step: Decimal12 = .zero, notional: Decimal12 = .zero)
        -> InstrumentRules
    {
        InstrumentRules(tick: tick, step: step, minimumQuantity: .zero, minimumNotional: notional)
    }

    private static let checks: [String: @Sendable (Case) throws -> Void] = [
        "qty_floor": { one in
            try one.expect(rules(step: one.decimal("step")).quantityDown(one.decimal("quantity")), "quantity")
        },
        "price_passive": { one in
            let price = try rules(tick: one.decimal("tick")).passivePrice(
                one.decimal("price"), side: one.side(one.text("side")))
            try one.expect(price, "price")
        },
        "price_nearest": { one in
            let (price, tick) = (try one.decimal("price"), try one.decimal("tick"))
            try one.expect(price.rounded(toNearest: tick), "half_up")
            try one.expect(price.rounded(toNearest: tick, tie: .toEven), "half_even")
        },
        "filter_check": { one in
            let rules = InstrumentRules(
                tick: try one.decimal("tick"), step: try one.decimal("step"),
                minimumQuantity: try one.decimal("minQty"), minimumNotional: try one.decimal("minNotional"),
                maximumQuantity: try one.decimal("maxQty"), minimumPrice: try one.decimal("minPrice"),
                maximumPrice: try one.decimal("maxPrice"))
            let failures = try rules.failures(price: one.decimal("price"), quantity: one.decimal("quantity"))
            #expect(failures.map(\.rawValue) == one.output["failures"] as? [String], "\(one.id)")
            try one.expect(one.decimal("price").multiplied(by: one.decimal("quantity")), "notional")
        },
        "filter_offset": { one in
            var rules = try rules(tick: one.decimal("tick"))
            #expect("\(rules.allows(price: try one.decimal("price")))" == (try one.expected("spot_ok")))
            rules.minimumPrice = try one.decimal("minPrice")
            rules.ticksFromMinimum = true
            #expect("\(rules.allows(price: try one.decimal("price")))" == (try one.expected("futures_ok")))
        },
        "min_qty_for_notional": { one in
            let rules = try rules(step: one.decimal("step"), notional: one.decimal("minNotional"))
            let quantity = try rules.minimumQuantityForNotional(at: one.decimal("price"))
            try one.expect(quantity, "quantity")
            try one.expect(quantity.multiplied(by: one.decimal("price")), "notional")
        },
        "percent_price": { one in
            let isGood = try InstrumentRules.isInPriceBand(
                one.decimal("price"), average: one.decimal("weightedAveragePrice"), up: one.decimal("multiplierUp"),
                down: one.decimal("multiplierDown"))
            #expect("\(isGood)" == (try one.expected("ok")), "\(one.id)")
        },
        "spot_fee": { one in
            let isBuy = try one.side(one.text("side")) == .buy
            let settlement = try SpotSettlement(
                side: isBuy ? .buy : .sell, price: one.decimal("price"), quantity: one.decimal("quantity"),
                rate: one.decimal("rate"))
            try one.expect(settlement.fee, "fee")
            try one.expect(isBuy ? settlement.base : -settlement.base, isBuy ? "base_received" : "base_spent")
            try one.expect(isBuy ? -settlement.quote : settlement.quote, isBuy ? "quote_spent" : "quote_received")
        },
        "futures_round_trip": { one in
            let fees = FeeSchedule(maker: try one.decimal("maker"), taker: try one.decimal("taker"))
            let side = try one.side(one.text("side"))
            let quantity = try one.decimal("quantity")
            var ledger = Ledger(cash: .zero)
            for (name, side, isMaker) in [("entry", side, true), ("exit", side == .buy ? .sell : .buy, false)] {
                let price = try one.decimal(name)
                ledger.apply(
                    Fill(
                        id: name, clientID: "", instrument: bitcoin, side: side, quantity: quantity, price: price,
                        fee: fees.fee(price: price, quantity: quantity, isMaker: isMaker), time: moment(0)))
            }
            let position = try #require(ledger[bitcoin])
            try one.expect(position.realised, "gross")
            try one.expect(position.fees, "fees")
            try one.expect(ledger.cash, "net")
        },
        "funding": { one in
            var ledger = Ledger(cash: .zero)
            ledger.apply(opening(one.side(try one.text("side")), try one.decimal("size")))
            let flow = try ledger.settleFunding(of: bitcoin, mark: one.decimal("mark"), rate: one.decimal("rate"))
            try one.expect(flow, "cash_flow")
        },
        "funding_accrual": { one in
            var ledger = Ledger(cash: .zero)
            ledger.apply(opening(one.side(try one.text("side")), try one.decimal("size")))
            for event in try #require(one.input["events_mark_rate"] as? [[String]]) {
                ledger.settleFunding(of: bitcoin, mark: decimal(event[0]), rate: decimal(event[1]))
            }
            try one.expect(try #require(ledger[bitcoin]).funding, "total")
        },
        "position": { one in
            var ledger = Ledger(cash: .zero)
            for row in try #require(one.input["fills_side_qty_price"] as? [[String]]) {
                ledger.apply(fill(one.side(row[0]), row[1], at: row[2]))
            }
            ledger.mark(bitcoin, at: try one.decimal("mark"))
            let position = try #require(ledger[bitcoin])
            try one.expect(position.quantity, "position", places: 8)
            try one.expect(position.averagePrice, "average_price", places: 8)
            try one.expect(position.realised, "realised", places: 8)
            try one.expect(position.unrealised, "unrealised", places: 8)
            try one.expect(position.realised + position.unrealised, "total", places: 8)
            #expect(ledger.equity == position.realised + position.unrealised, "\(one.id)")
        },
    ]

    /// A fill that opens a position of a size, at any price.
    private static func opening(_ side: Side, _ quantity: Decimal12) -> Fill {
        fill(side, quantity.description, at: "1")
    }
}
