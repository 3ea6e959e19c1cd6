import Foundation
import Schema
import Testing

@Suite("Decimal12")
struct Decimal12Tests {
    private func decimal(_ text: String) throws -> Decimal12 { try Decimal12(parsing: text) }

    @Test("Text reads and writes exactly, without needless zeros")
    func text() throws {
        for (text, written) in [
            ("0", "0"), ("-0", "0"), ("1", "1"), ("-12.50", "-12.5"), (".5", "0.5"), ("+3.", "3"), ("007", "7"),
            ("0.000000000001", "0.000000000001"), ("-0.00012", "-0.00012"),
            ("170141183460469231731687303.715884105727", "170141183460469231731687303.715884105727"),
            ("-170141183460469231731687303.715884105728", "-170141183460469231731687303.715884105728"),
        ] {
            #expect(try decimal(text).description == written)
        }
        #expect(Decimal12("170141183460469231731687303.715884105728") == nil, "one unit too large")
        #expect(Decimal12("-170141183460469231731687303.715884105729") == nil, "one unit too small")
        for text in ["", "-", ".", "1e5", "1,0", " 1", "1 ", "--1", "1.0000000000000", "1.2.3", "NaN", "٣", "1_000"] {
            #expect(Decimal12(text) == nil, "\(text)")
        }
    }

    @Test("Every value comes back from its text and from JSON", arguments: [11] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            let shift = Int.random(in: 0..<127, using: &random)
            let value = Decimal12(units: Int128.random(in: .min ... .max, using: &random) >> Int128(shift))
            #expect(Decimal12(value.description) == value)
            #expect(try JSONDecoder().decode(Decimal12.self, from: JSONEncoder().encode(value)) == value)
        }
    }

    @Test("Products and quotients are rounded half to even at the twelfth place")
    func rounding() throws {
        #expect(try decimal("0.1").multiplied(by: decimal("0.2")) == decimal("0.02"))
        #expect(try decimal("0.000000000001").multiplied(by: decimal("0.5")) == .zero)
        #expect(try decimal("0.000000000003").multiplied(by: decimal("0.5")) == decimal("0.000000000002"))
        #expect(try decimal("-0.000000000003").multiplied(by: decimal("0.5")) == decimal("-0.000000000002"))
        #expect(try decimal("-0.000000000001").multiplied(by: decimal("0.5")) == .zero)
        #expect(try decimal("0.000000000001").multiplied(by: decimal("0.51")) == decimal("0.000000000001"))
        #expect(try decimal("1").divided(by: decimal("3")) == decimal("0.333333333333"))
        #expect(try decimal("2").divided(by: decimal("-3")) == decimal("-0.666666666667"))
        #expect(try decimal("0.000000000001").divided(by: decimal("2")) == .zero)
        #expect(try decimal("0.000000000003").divided(by: decimal("2")) == decimal("0.000000000002"))
    }

    @Test("Products and quotients beyond 128 bits are exact too")
    func wide() throws {
        let large = try decimal("123456789012.123456789012")
        #expect(try large.multiplied(by: decimal("1000000000000")) == decimal("123456789012123456789012"))
        #expect(
            try large.multiplied(by: decimal("-987654321.987654321"))
                == decimal("-121932631246541684607.733540603976"))
        #expect(
            try decimal("100000000000000000000000").divided(by: decimal("-300"))
                == decimal("-333333333333333333333.333333333333"))
    }

    @Test("Products and quotients agree with integer arithmetic, whatever their sizes", arguments: [3] as [UInt64])
    func agreement(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let one = Decimal12.one128
        func number() -> Int128 {
            Int128.random(in: -(1 << 60)...(1 << 60), using: &random)
                >> Int128(UInt64.random(in: 0...60, using: &random))
        }
        for _ in 0..<20_000 {
            let (left, right) = (number(), number())
            let product = Decimal12(units: left).multiplied(by: Decimal12(units: right)).units
            #expect(product == Self.rounded(left * right, one))
            guard right != 0 else { continue }
            let quotient = Decimal12(units: left).divided(by: Decimal12(units: right)).units
            #expect(quotient == Self.rounded(left * one, right))
        }
    }

    @Test("Exact halves go to the even neighbour, also where a quotient fills 64 bits")
    func halves() throws {
        let one = Decimal12.one128
        for whole in [0, 1, 2, 3, Int128(Int64.max), Int128(UInt64.max) - 1, Int128(UInt64.max)] {
            for sign in [1, -1] as [Int128] {
                let half = Decimal12(units: sign * (2 * whole + 1))
                let expected = sign * (whole + whole % 2)
                #expect(half.multiplied(by: Decimal12(units: one / 2)).units == expected)
                #expect(half.divided(by: Decimal12(2)).units == expected)
            }
        }
    }

    /// The quotient rounded half to even, in whole numbers.
    private static func rounded(_ dividend: Int128, _ divisor: Int128) -> Int128 {
        let (quotient, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
        let twice = 2 * rest.magnitude
        guard twice > divisor.magnitude || (twice == divisor.magnitude && quotient % 2 != 0) else { return quotient }
        return quotient + ((dividend < 0) == (divisor < 0) ? 1 : -1)
    }

    @Test("Rounding to a step goes down and up, for negative numbers too")
    func steps() throws {
        let step = try decimal("0.05")
        #expect(try decimal("0.29").roundedDown(toMultipleOf: step) == decimal("0.25"))
        #expect(try decimal("0.26").roundedUp(toMultipleOf: step) == decimal("0.3"))
        #expect(try decimal("-0.26").roundedDown(toMultipleOf: step) == decimal("-0.3"))
        #expect(try decimal("-0.29").roundedUp(toMultipleOf: step) == decimal("-0.25"))
        #expect(try decimal("0.25").roundedDown(toMultipleOf: step) == decimal("0.25"))
        #expect(try decimal("0.25").roundedUp(toMultipleOf: step) == decimal("0.25"))
    }

    @Test("The nearest decimal of a binary number is what was printed")
    func fromBinary() throws {
        #expect(Decimal12(0.1) == (try decimal("0.1")))
        #expect(Decimal12(0.1 + 0.2) == (try decimal("0.3")))
        #expect(Decimal12(115_111.11) == (try decimal("115111.11")))
        #expect(Decimal12(-2.5, places: 0) == Decimal12(-3), "ties go away from zero")
        #expect(Decimal12(2.5, places: 0) == Decimal12(3))
        #expect(Decimal12(2.49999, places: 0) == Decimal12(2))
        #expect(Decimal12(-0.4, places: 0) == .zero)
        #expect(Decimal12(1e-12, places: 12) == Decimal12(units: 1))
        for value in [Double.nan, .infinity, -.infinity, 1e11, -1e11] { #expect(Decimal12(value) == nil) }
        #expect(Decimal12(8.9e18, places: 0)?.doubleValue == 8.9e18)
    }

    @Test("The nearest binary number is that of the standard library's conversion", arguments: [17] as [UInt64])
    func toBinary(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<5000 {
            let shift = Int.random(in: 0..<127, using: &random)
            let units = Int128.random(in: .min ... .max, using: &random) >> Int128(shift)
            #expect(Decimal12(units: units).doubleValue == Double(units) / 1e12)
        }
        // Ties and their neighbours, where cutting off would round wrongly.
        for delta: Int128 in [-1, 0, 1] {
            for base: Int128 in [(1 << 80) + (1 << 27), (1 << 80) + 3 << 27, (1 << 126) + (1 << 73), .max, .min + 1] {
                let units = base == .max ? base - 1 + delta : base + delta
                #expect(Decimal12(units: units).doubleValue == Double(units) / 1e12)
            }
        }
    }
}
