import Schema
import Testing
import Trading

@Suite("Decimal12 of market data")
struct MarketDecimalTests {
    @Test("It is the decimal number that an exchange printed: 8 places, or 12 below one", arguments: [2] as [UInt64])
    func places(seed: UInt64) {
        #expect(Decimal12(market: 115_111.11) == decimal("115111.11"))
        #expect(Decimal12(market: 0.00001234) == decimal("0.00001234"))
        #expect(Decimal12(market: 0.000000012345) == decimal("0.000000012345"))
        #expect(Decimal12(market: 0.1 + 0.2) == decimal("0.3"))
        for value in [Double.nan, .infinity, -.infinity, 9.1e10] { #expect(Decimal12(market: value) == nil) }
        var random = SplitMix64(seed: seed)
        for _ in 0..<5000 {
            let size = Double.random(in: -11...10.5, using: &random)
            var value = Double.random(in: -1...1, using: &random)
            for _ in 0..<Int(abs(size)) { value *= size < 0 ? 0.1 : 10 }
            #expect(Decimal12(market: value) == Decimal12(value, places: abs(value) < 1 ? 12 : 8))
        }
    }

    @Test("Basis points are ten-thousandths")
    func basisPoints() {
        #expect(Decimal12(basisPoints: Decimal12(25)) == decimal("0.0025"))
    }

    @Test("Truncation goes towards zero on both sides")
    func truncation() {
        #expect(decimal("-0.29").truncated(toMultipleOf: decimal("0.1")) == decimal("-0.2"))
        #expect(decimal("0.29").truncated(toMultipleOf: decimal("0.1")) == decimal("0.2"))
    }
}
