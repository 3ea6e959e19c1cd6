public import Schema

/// Estimates how far a venue's clock is ahead of ours.
///
/// Every observation bounds the difference, so the estimate is what lies within all bounds:
/// - a venue that tells its time between our request and its answer (Mills, RFC 5905, section 8): the difference lies
///   within the round trip around their middle, and as in NTP's clock filter (section 10) the exchange with the shortest
///   round trip among the last eight is the one that counts;
/// - an event that we received cannot have happened later than that: the difference is at least its venue's time less our
///   receive time, short of it by the time that it travelled.
///
/// Pure. Events older than two minutes are forgotten, since clocks drift and are set.
public struct ClockSkew: Sendable, Equatable {
    /// What is known about the difference.
    public struct Estimate: Sendable, Equatable {
        /// What to add to our time to have the venue's, in nanoseconds; below zero when our clock is ahead.
        public let offset: Int64
        /// How far off ``offset`` can be, in nanoseconds; `nil` when only events are known, which give the least difference
        /// and no greatest.
        public let uncertainty: Int64?
    }

    private struct Exchange: Equatable {
        let least: Int64
        let greatest: Int64
    }

    private static let exchangesKept = 8
    private static let window: Int64 = 60_000_000_000
    private var exchanges: [Exchange] = []
    /// The greatest lower bound that events gave in this window of time, and in the one before.
    private var current: Int64?
    private var previous: Int64?
    private var windowStart: UnixNanos?

    public init() {}

    /// Takes what a venue answered when it was asked for the time.
    ///
    /// - Parameters:
    ///   - requested: when we asked, by our clock.
    ///   - server: what the venue answered.
    ///   - answered: when the answer was there, by our clock; an exchange that ended before it began is ignored.
    ///   - resolution: the length of the steps in which the venue tells the time, in nanoseconds.
    public mutating func observe(
        requested: UnixNanos, server: UnixNanos, answered: UnixNanos, resolution: Int64 = 1_000_000
    ) {
        guard answered >= requested else { return }
        exchanges.append(
            Exchange(
                least: server.rawValue - answered.rawValue,
                greatest: server.rawValue - requested.rawValue + resolution))
        if exchanges.count > Self.exchangesKept { exchanges.removeFirst() }
    }

    /// Takes the venue's time of an event, and when we received it by our clock.
    public mutating func observe(event: UnixNanos, received: UnixNanos) {
        let start = windowStart ?? received
        if windowStart == nil || received.rawValue - start.rawValue >= Self.window {
            // After a long silence the window before is not the one that ended last.
            previous = received.rawValue - start.rawValue < 2 * Self.window ? current : nil
            current = nil
            windowStart = received
        }
        current = max(current ?? .min, event.rawValue - received.rawValue)
    }

    /// The difference as far as it is known; `nil` before the first observation.
    public var estimate: Estimate? {
        let floor = [current, previous].compactMap(\.self).max()
        guard let exchange = exchanges.min(by: { $0.greatest - $0.least < $1.greatest - $1.least }) else {
            return floor.map { Estimate(offset: $0, uncertainty: nil) }
        }
        // Bounds that exclude each other mean that a clock was set; the exchange is the more recent and the tighter one.
        let least = floor.map { $0 <= exchange.greatest ? max($0, exchange.least) : exchange.least } ?? exchange.least
        let half = (exchange.greatest - least) / 2
        return Estimate(offset: least + half, uncertainty: half)
    }
}
