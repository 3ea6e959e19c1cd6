import HTTP
import Schema
import Synchronization
import Testing

@testable import Venues

@Suite("Session plan")
struct SessionPlanTests {
    /// A venue that takes so many instruments on a connection, and has an address of its own for quotes if told so.
    private struct NarrowFeed: VenueFeed {
        let venue = "narrow"
        let capacity: Int
        let hasOwnAddressForQuotes: Bool
        let connectionRules = ConnectionRules(
            maximumSilence: .seconds(1), attempts: .init(1, per: .seconds(1)), frames: .init(1, per: .seconds(1)))
        let depthRules = DepthRules(snapshot: .requested, continuity: .ranges)

        func connections(
            _ channels: Set<VenueChannel>, _ instruments: [Instrument]
        ) throws(VenueError) -> [VenueConnection] {
            guard capacity > 0 else { throw .unsupported(venue: venue, "nothing") }
            let addresses =
                hasOwnAddressForQuotes ? Set(channels.map { $0 == .quotes ? "quotes" : "others" }) : ["others"]
            let count = addresses.count * ((instruments.count + capacity - 1) / capacity)
            return (0..<count).map { VenueConnection(url: "ws://\($0)", subscriptions: [], replies: 0) }
        }

        func renewal(of channel: VenueChannel, _ instrument: Instrument) throws(VenueError) -> [String] { [] }

        func decode(_ message: [UInt8], receivedAt: UnixNanos) throws(VenueMessageError) -> VenueMessage {
            throw .unclaimed("everything")
        }
    }

    private let instruments = (0..<10).map { Instrument("narrow.A\($0)-USD") }

    @Test("Every channel of every instrument is on one connection, and no connection carries more than it may")
    func divides() throws {
        for hasOwnAddressForQuotes in [false, true] {
            let feed = NarrowFeed(capacity: 3, hasOwnAddressForQuotes: hasOwnAddressForQuotes)
            let parts = try SessionPlan.parts(of: [.trades, .quotes], instruments, feed)
            let carried = parts.flatMap { part in
                part.instruments.flatMap { instrument in part.channels.map { MarketDataStream(instrument, $0) } }
            }
            #expect(carried.count == 20 && Set(carried).count == 20)
            #expect(parts.allSatisfy { $0.instruments.count <= 3 })
            #expect(parts.allSatisfy { !hasOwnAddressForQuotes || $0.channels.count == 1 })
        }
    }

    @Test("What fits on one connection stays together, and nothing makes nothing")
    func fits() throws {
        let feed = NarrowFeed(capacity: 10, hasOwnAddressForQuotes: false)
        #expect(try SessionPlan.parts(of: [.trades, .quotes], instruments, feed).count == 1)
        #expect(try SessionPlan.parts(of: [], instruments, feed).isEmpty)
        #expect(try SessionPlan.parts(of: [.trades], [], feed).isEmpty)
    }

    @Test("What the venue cannot send is refused")
    func unsupported() {
        let feed = NarrowFeed(capacity: 0, hasOwnAddressForQuotes: false)
        #expect(throws: VenueError.unsupported(venue: "narrow", "nothing")) {
            try SessionPlan.parts(of: [.trades], instruments, feed)
        }
    }
}

/// A clock that moves on by a tenth of a second when it is told to.
private final class TickingClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Self { Self(offset: offset + duration) }
        func duration(to other: Self) -> Duration { other.offset - offset }
        static func < (lhs: Self, rhs: Self) -> Bool { lhs.offset < rhs.offset }
    }

    private let ticks = Mutex(0)

    var now: Instant { Instant(offset: .milliseconds(100) * ticks.withLock { $0 }) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func tick() { ticks.withLock { $0 += 1 } }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}

@Suite("Connection budget")
struct ConnectionBudgetTests {
    @Test("No more connections are opened over any span than the venue allows", arguments: [1, 2, 5, 300])
    func allowance(count: Int) {
        let clock = TickingClock()
        let budget = ConnectionBudget(.init(count, per: .seconds(10)), clock: clock)
        var granted: [Int] = []
        for tenth in 0..<1000 {
            if budget.acquire() == .granted { granted.append(tenth) }
            clock.tick()
        }
        #expect(granted.count >= min(count * 5, 900) - 5)
        for start in 0..<900 { #expect(granted.count { (start..<start + 100).contains($0) } <= count) }
    }
}
