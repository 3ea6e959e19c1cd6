internal import Schema

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension FeatureCatalogue {
    static let calendar: [FeatureFamily] = [
        clock("hour-sine", "Sine of the close time's place in the day, UTC.") { sin(angle($0, day)) },
        clock("hour-cosine", "Cosine of the close time's place in the day, UTC.") { cos(angle($0, day)) },
        // 1970-01-01 was a Thursday: the week's circle begins there, at midnight UTC.
        clock("weekday-sine", "Sine of the close time's place in the week, UTC.") { sin(angle($0, 7 * day)) },
        clock("weekday-cosine", "Cosine of the close time's place in the week, UTC.") { cos(angle($0, 7 * day)) },
        clock("asian-session", "1 from 0 to 8 o'clock UTC, else 0.") { hour($0) < 8 ? 1 : 0 },
        clock("european-session", "1 from 8 to 16 o'clock UTC, else 0.") { (8..<16).contains(hour($0)) ? 1 : 0 },
        clock("american-session", "1 from 16 to 24 o'clock UTC, else 0.") { hour($0) >= 16 ? 1 : 0 },
    ]

    private static var day: Int64 { Timeframe.day1.nanoseconds }

    private static func clock(
        _ name: String, _ meaning: String, _ value: @escaping @Sendable (UnixNanos) -> Double
    ) -> FeatureFamily {
        .formula(name, meaning, .calendar, source: "Project specification F6", of: { _, _ in [] }) { value($0.time) }
    }

    private static func angle(_ time: UnixNanos, _ cycle: Int64) -> Double {
        2 * Double.pi * Double(time.rawValue % cycle) / Double(cycle)
    }

    private static func hour(_ time: UnixNanos) -> Int64 { time.rawValue % day / Timeframe.hour1.nanoseconds }
}
