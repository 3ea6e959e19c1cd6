import Foundation
import Schema
import Testing
import Trading

@Suite("Ledger")
struct LedgerTests {
    @Test("A long position is averaged, reduced at its average, and closed")
    func long() throws {
        var ledger = Ledger(cash: Decimal12(1000))
        ledger.apply(fill(.buy, "1", at: "100", fee: "0.1"))
        ledger.apply(fill(.buy, "1", at: "110", fee: "0.11"))
        #expect(ledger[bitcoin]?.averagePrice == Decimal12(105))
        ledger.apply(fill(.sell, "0.5", at: "120"))
        #expect(ledger[bitcoin]?.realised == decimal("7.5"))
        #expect(ledger[bitcoin]?.averagePrice == Decimal12(105))
        #expect(ledger.cash == decimal("849.79"))
        #expect(ledger.equity == decimal("1029.79"), "1.5 at the last price 120")
        ledger.apply(fill(.sell, "1.5", at: "104"))
        #expect(ledger[bitcoin]?.realised == Decimal12(6))
        #expect(ledger[bitcoin]?.averagePrice == .zero)
        #expect(ledger.cash == decimal("1005.79"))
        #expect(ledger.equity == ledger.cash)
        #expect(ledger[bitcoin]?.fees == decimal("0.21"))
        try ledger.check()
    }

    @Test("A fill larger than the position turns it: the old side is realised, the new side opens at the fill's price")
    func flip() throws {
        var ledger = Ledger(cash: .zero)
        ledger.apply(fill(.buy, "1", at: "100"))
        ledger.apply(fill(.sell, "3", at: "90"))
        #expect(ledger[bitcoin]?.quantity == Decimal12(-2))
        #expect(ledger[bitcoin]?.averagePrice == Decimal12(90))
        #expect(ledger[bitcoin]?.realised == Decimal12(-10))
        ledger.mark(bitcoin, at: Decimal12(80))
        #expect(ledger[bitcoin]?.unrealised == Decimal12(20))
        #expect(ledger.equity == Decimal12(10))
        try ledger.check()
    }

    @Test("Positions are in instrument order, one for each ever traded")
    func order() {
        var ledger = Ledger(cash: .zero)
        ledger.apply(fill(.buy, "1", at: "10", instrument: ether))
        ledger.apply(fill(.buy, "1", at: "100"))
        ledger.apply(fill(.sell, "1", at: "11", instrument: ether))
        #expect(ledger.positions.map(\.instrument) == [bitcoin, ether])
        let account = ledger.account(at: moment(3))
        #expect(account.positions.map(\.quantity) == [Decimal12(1), .zero])
        #expect(account.equity == ledger.equity && account.cash == ledger.cash && account.time == moment(3))
    }

    @Test("The books balance to the last digit, whatever is traded", arguments: 1...8 as ClosedRange<UInt64>)
    func balance(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var ledger = Ledger(cash: Decimal12(1_000_000))
        var quantities: [Instrument: Decimal12] = [:]
        var cash = ledger.cash
        for index in 0..<2000 {
            let instrument = Bool.random(using: &random) ? bitcoin : ether
            // Odd units and prices, so that every division has a rest.
            let quantity = Decimal12(units: Int128.random(in: 1...3_000_000_000_007, using: &random))
            let price = Decimal12(units: Int128.random(in: 1...90_000_000_000_000_007, using: &random))
            let fee = Decimal12(units: Int128.random(in: -5...1_000_000_007, using: &random))
            let side = Bool.random(using: &random) ? Side.buy : .sell
            ledger.apply(
                Fill(
                    id: "\(index)", clientID: "", instrument: instrument, side: side, quantity: quantity, price: price,
                    fee: fee, time: moment(index)))
            let signed = side == .buy ? quantity : -quantity
            quantities[instrument, default: .zero] += signed
            cash -= signed.multiplied(by: price) + fee
            try ledger.check()
            for position in ledger.positions {
                #expect(position.quantity == quantities[position.instrument])
                #expect(position.averagePrice >= .zero)
            }
        }
        #expect(ledger.cash == cash)
        let unrealised = ledger.positions.reduce(Decimal12.zero) { $0 + $1.unrealised }
        let realised = ledger.positions.reduce(Decimal12.zero) { $0 + $1.realised - $1.fees }
        #expect(ledger.equity == Decimal12(1_000_000) + realised + unrealised)
        let restored = try JSONDecoder().decode(Ledger.self, from: JSONEncoder().encode(ledger))
        #expect(restored == ledger)
    }

    @Test("The check finds a ledger that was tampered with")
    func tampering() throws {
        var ledger = Ledger(cash: Decimal12(1000))
        ledger.apply(fill(.buy, "1", at: "100"))
        let text = String(decoding: try JSONEncoder().encode(ledger), as: UTF8.self)
        let changed = text.replacingOccurrences(of: "\"900\"", with: "\"900.000000000001\"")
        #expect(changed != text)
        let tampered = try JSONDecoder().decode(Ledger.self, from: Data(changed.utf8))
        #expect(throws: TradingError.unbalanced(Decimal12(units: 1))) { try tampered.check() }
    }

    @Test("Funding is paid by longs when the rate is positive, and booked apart from profit")
    func funding() throws {
        var ledger = Ledger(cash: .zero)
        ledger.apply(fill(.buy, "2", at: "30000"))
        #expect(ledger.settleFunding(of: bitcoin, mark: Decimal12(30_000), rate: decimal("0.0001")) == Decimal12(-6))
        #expect(ledger.settleFunding(of: ether, mark: Decimal12(1), rate: .one) == .zero)
        #expect(ledger[bitcoin]?.funding == Decimal12(-6) && ledger[bitcoin]?.realised == .zero)
        try ledger.check()
    }
}
