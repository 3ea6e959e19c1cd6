internal import Bus
internal import Schema

/// When each step of the source may be fed: up to the hold at once, from there on at the replay's speed.
///
/// The hold is a moment at which the feed waits until there is a model to trade with; the first models learn from what was
/// fed up to it. It reads no clock.
struct FeedPace {
    enum Answer {
        case feed
        /// Ask again, with the same step.
        case wait
        /// The step lies behind the hold: feed it, after ``release()``, if there is a champion by now, else wait.
        case needsChampion
    }

    private let speed: ReplaySpeed
    private var replay: ReplayPace
    private var hold: UnixNanos?
    /// When the first step whose pace counts was asked for, in nanoseconds of a monotonic clock.
    private var begin: Int64?
    private var lastLook = Int64.min

    /// The hold while the feed waits at it: everything up to it is out.
    private(set) var heldAt: UnixNanos?

    /// - Parameters:
    ///   - speed: From the hold on.
    ///   - hold: `nil` holds nowhere.
    init(_ speed: ReplaySpeed, hold: UnixNanos?) {
        self.speed = speed
        self.hold = hold
        replay = ReplayPace(speed)
    }

    /// Whether the source's next step may be fed.
    ///
    /// - Parameters:
    ///   - time: When the step closes.
    ///   - now: In nanoseconds of a monotonic clock.
    /// - Returns: What to do with the step.
    mutating func answer(to time: UnixNanos, at now: Int64) -> Answer {
        if let hold {
            guard time > hold else { return .feed }
            heldAt = hold
            // Whoever asks looks into the database: ten times a second will do.
            guard lastLook < now - 100_000_000 else { return .wait }
            lastLook = now
            return .needsChampion
        }
        let begin = begin ?? now
        self.begin = begin
        let (due, overflow) = begin.addingReportingOverflow(replay.dueOffset(of: time))
        return !overflow && now >= due ? .feed : .wait
    }

    /// Ends the hold; the next step begins the pace.
    mutating func release() {
        (hold, heldAt, begin) = (nil, nil, nil)
        replay = ReplayPace(speed)
    }
}
