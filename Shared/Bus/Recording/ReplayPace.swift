public import Schema

/// How fast a recording is replayed.
public enum ReplaySpeed: Sendable, Hashable {
    /// So many seconds of the recording in one second.
    case times(Double)
    /// As fast as the consumers follow.
    case maximum

    /// Reads `1x`, `60x`, `0.5x` or `max`; `nil` for anything else.
    public init?(_ text: String) {
        if text == "max" {
            self = .maximum
            return
        }
        guard text.hasSuffix("x"), let factor = Double(text.dropLast()), factor > 0, factor.isFinite else { return nil }
        self = .times(factor)
    }
}

/// Says when each event of a replay is due.
///
/// It reads no clock: the caller waits.
public struct ReplayPace: Sendable {
    private let speed: ReplaySpeed
    private var first: UnixNanos?
    private var latest = 0.0

    public init(_ speed: ReplaySpeed) {
        if case .times(let factor) = speed { precondition(factor > 0 && factor.isFinite, "a speed is above zero") }
        self.speed = speed
    }

    /// When an event of this time is due, in nanoseconds after the replay's begin.
    ///
    /// The first event is due at once; one that is older than an event before it is due with that one.
    public mutating func dueOffset(of eventTime: UnixNanos) -> Int64 {
        guard case .times(let factor) = speed else { return 0 }
        let begin = first ?? eventTime
        first = begin
        let (passed, overflow) = eventTime.rawValue.subtractingReportingOverflow(begin.rawValue)
        latest = max(latest, overflow ? .infinity : Double(passed) / factor)
        // More than an Int64 of nanoseconds, 292 years, is as good as never.
        return Int64(exactly: latest.rounded()) ?? .max
    }
}
