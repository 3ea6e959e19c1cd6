import Foundation
import Schema
import Testing

@testable import Venues

@Suite("Published times")
struct PublishedTimeTests {
    private func read<Value: Decodable>(_ text: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }

    private static let dates: [(String, Int64?)] = [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01.5Z", 1_500_000_000),
        ("2024-10-04T07:13:31.088388Z", 1_728_026_011_088_388_000),
        ("2024-10-04T07:04:40.812675707Z", 1_728_025_480_812_675_707),
        // Digits beyond the nanosecond.
        ("1970-01-01T00:00:00.1234567899Z", 123_456_789),
        ("2024-10-04T07:13:31.Z", nil), ("2024-10-04T07:13:31+00:00", nil), ("2024-10-04 07:13:31Z", nil),
        ("2024-02-30T00:00:00Z", nil), ("2024-10-04T24:00:00Z", nil), ("2024-10-04T07:13:31.08x8Z", nil), ("", nil),
        ("2024-10-04T07:13Z", nil), ("9999-10-04T07:13:31Z", nil),
    ]

    @Test("A date in UTC is read to the nanosecond, and nothing else is a date", arguments: dates)
    func date(text: String, nanoseconds: Int64?) {
        #expect(UnixNanos(rfc3339: text)?.rawValue == nanoseconds)
    }

    private static let seconds: [(String, Int64?)] = [
        ("1762795433.9717445", 1_762_795_433_971_744_500), ("\"1534614248.456738\"", 1_534_614_248_456_738_000),
        ("\"1712192400\"", 1_712_192_400_000_000_000), ("1688671200", 1_688_671_200_000_000_000), ("-1", nil),
        ("\"nan\"", nil), ("\"\"", nil), ("1e30", nil), ("9000000001", nil), ("null", nil), ("[]", nil),
    ]

    @Test("Seconds keep every digit that was published, as numbers and as strings", arguments: seconds)
    func unixSeconds(text: String, nanoseconds: Int64?) {
        #expect((try? read(text) as UnixSeconds)?.moment.rawValue == nanoseconds)
    }

    @Test(
        "Milliseconds are whole, and of the years that nanoseconds can name",
        arguments: [
            ("0", 0), ("1499827319559", 1_499_827_319_559), ("-1", nil), ("9000000000001", nil), ("1.5", nil),
            ("\"1\"", nil),
        ]
            as [(String, Int64?)])
    func unixMilliseconds(text: String, milliseconds: Int64?) {
        #expect((try? read(text) as UnixMilliseconds)?.moment.milliseconds == milliseconds)
    }
}
