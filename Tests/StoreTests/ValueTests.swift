import Schema
import Store
import TestKit
import Testing

@Suite("Values in PostgreSQL", .timeLimit(.minutes(20)))
struct ValueTests {
    /// Sends values by parameter and by COPY into a column of `type`; both must come back, with the same text.
    private func roundTrip<Value: SQLValue & Equatable>(
        _ values: [Value], type: String, same: (Value, Value) -> Bool = { $0 == $1 }
    ) async throws -> [String] {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            try connection.runScript(
                "CREATE TABLE copied (n int PRIMARY KEY, v \(type)); CREATE TABLE sent (LIKE copied)")
            try connection.copyIn("copied", columns: ["n", "v"], rows: Array(values.enumerated())) { pair, row in
                row.write(Int32(pair.offset))
                row.write(pair.element)
            }
            for (index, value) in values.enumerated() {
                try connection.run("INSERT INTO sent VALUES (\(index), \(value))")
            }
            let rows = try connection.run(
                "SELECT c.v, s.v, c.v::text, s.v::text FROM copied c JOIN sent s USING (n) ORDER BY n")
            try #require(rows.count == values.count)
            for (row, value) in zip(rows, values) {
                #expect(same(try row.value(0), value))
                #expect(same(try row.value(1), value))
                #expect(try row.value(2, as: String.self) == row.value(3, as: String.self))
            }
            return try rows.map { try $0.value(2) }
        }
    }

    @Test("Doubles keep their bits: infinities, the smallest, negative zero; not-a-number stays one")
    func doubles() async throws {
        let values: [Double] = [
            0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, 0.1, .pi,
            Double(bitPattern: 0xFFF8_0000_0000_0001),
        ]
        let texts = try await roundTrip(values, type: "double precision") { read, written in
            written.isNaN ? read.bitPattern == Double.nan.bitPattern : read.bitPattern == written.bitPattern
        }
        #expect(texts[1] == "-0")
        #expect(texts[4] == "NaN")
    }

    @Test("Decimals are exact in numeric, from the smallest to the largest")
    func decimals() async throws {
        var units: [Int128] = [0, .max, .min, 1, -1, 10_000, 9_999, 1_000_000_000_000, -999_999_999_999]
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let bits = Int128(truncatingIfNeeded: UInt128(random.next()) << 64 | UInt128(random.next()))
            units.append(bits >> Int128.random(in: 0..<127, using: &random))
        }
        var power: Int128 = 1
        for _ in 0..<38 {
            units += [power, -power, power - 1]
            power *= 10
        }
        let values = units.map { Decimal12(units: $0) }
        let texts = try await roundTrip(values, type: "numeric")
        #expect(texts == values.map(\.description))
    }

    @Test("A numeric that no Decimal12 can hold is refused, not rounded")
    func foreignNumerics() async throws {
        try await PostgresFixture.withDatabase { string in
            let connection = try PostgresConnection(string)
            for text in ["0.0000000000001", "1e27", "NaN", "170141183460469231731687303.715884105728"] {
                let rows = try connection.run("SELECT \(text)::text::numeric")
                #expect(throws: StoreError.self) { try rows[0].value(0, as: Decimal12.self) }
            }
            let rows = try connection.run("SELECT 12.3400::numeric, 100000000::numeric")
            #expect(try rows[0].value(0, as: Decimal12.self).description == "12.34")
            #expect(try rows[0].value(1, as: Decimal12.self).description == "100000000")
        }
    }

    @Test("Moments are kept to the microsecond, rounded down, before and after 1970")
    func moments() async throws {
        let nanos: [Int64] = [0, -1, 1, 999, 1000, -1000, -1001, .min + 1000, .max, 1_700_000_000_123_456_789]
        let texts = try await roundTrip(nanos.map { UnixNanos($0) }, type: "timestamptz") { read, written in
            let (quotient, remainder) = written.rawValue.quotientAndRemainder(dividingBy: 1000)
            return read.rawValue == (quotient - (remainder < 0 ? 1 : 0)) * 1000
        }
        #expect(texts[0] == "1970-01-01 00:00:00+00")
        #expect(texts[1] == "1969-12-31 23:59:59.999999+00")
    }

    @Test("Integers of all widths, truth values, bytes and JSON come back")
    func others() async throws {
        _ = try await roundTrip([Int64.min, -1, 0, .max], type: "bigint")
        _ = try await roundTrip([Int32.min, -1, 0, .max], type: "int")
        _ = try await roundTrip([Int16.min, -1, 0, .max], type: "smallint")
        _ = try await roundTrip([true, false], type: "boolean")
        _ = try await roundTrip([[], [0], Array(0...255)] as [[UInt8]], type: "bytea")
        _ = try await roundTrip([[], ["a"], ["", "b,{}\"", "ä"]] as [[String]], type: "text[]")
        _ = try await roundTrip([[], [.min, .max]] as [[Int64]], type: "bigint[]")
        _ = try await roundTrip([#"{"a": [1, "x"]}"#, "null"] as [JSONText], type: "jsonb")
    }

    @Test("Text is a value, never SQL; a zero character, which PostgreSQL lacks, becomes its picture")
    func texts() async throws {
        _ = try await roundTrip(["", "'; DROP TABLE copied; --", "\\", "日本 🚀", "a\tb\n"], type: "text")
        try await PostgresFixture.withDatabase { string in
            let rows = try PostgresConnection(string).run("SELECT \("a\u{0}b")")
            #expect(try rows[0].value(0, as: String.self) == "a␀b")
        }
    }

    @Test("A column of another type, or NULL where none may be, is an error")
    func mismatches() async throws {
        try await PostgresFixture.withDatabase { string in
            let rows = try PostgresConnection(string).run(
                "SELECT 'x'::text AS word, NULL::bigint AS nothing, 1e5::float8")
            #expect(throws: StoreError.self) { try rows[0].value("word", as: Int.self) }
            #expect(throws: StoreError.value(column: "nothing", reason: "NULL")) {
                try rows[0].value("nothing", as: Int.self)
            }
            #expect(try rows[0].optional("nothing", as: Int.self) == nil)
            #expect(throws: StoreError.self) { try rows[0].value(2, as: Int64.self) }
        }
    }
}
