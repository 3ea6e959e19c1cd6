internal import Schema

/// Which candles of one instrument a feed has had, in a few numbers: from when to when, and the holes in between.
///
/// It tells a duplicate from a candle that comes too late. Only the newest holes are remembered; what is older than the
/// oldest remembered one counts as not known.
struct Coverage: Codable, Sendable, Equatable {
    private struct Hole: Codable, Sendable, Equatable {
        let from: UnixNanos
        /// The first open time after the hole.
        let to: UnixNanos
    }

    private static let rememberedHoles = 256
    private var known: UnixNanos?
    private(set) var last: UnixNanos?
    private var holes: [Hole] = []

    /// Whether the candle of `openTime` was in the feed, as far as is remembered.
    func contains(_ openTime: UnixNanos) -> Bool {
        guard let known, let last, openTime >= known, openTime <= last else { return false }
        return !holes.contains { $0.from <= openTime && openTime < $0.to }
    }

    /// Takes the candle of `openTime`, which is newer than all before.
    ///
    /// - Returns: The first open time missing before it, and how many are missing; `nil` when it follows without a gap.
    mutating func append(_ openTime: UnixNanos, timeframe: Timeframe) -> (from: UnixNanos, count: Int)? {
        defer { last = openTime }
        guard let last else {
            known = openTime
            return nil
        }
        let expected = last.advanced(by: timeframe.nanoseconds)
        guard openTime > expected else { return nil }
        holes.append(Hole(from: expected, to: openTime))
        if holes.count > Self.rememberedHoles { known = holes.removeFirst().to }
        return (expected, Int((openTime.rawValue - expected.rawValue) / timeframe.nanoseconds))
    }
}
