import Schema
import Synchronization
import Testing

@testable import MetricsRecorder

@Suite("Feed watch")
struct FeedWatchTests {
    private static func second(_ value: Int64) -> UnixNanos { UnixNanos(seconds: value) }

    private static func replay(
        _ done: UInt64, of total: UInt64 = 1000, executed: UInt64 = 0, finished: Bool = false
    ) -> DashboardSummary {
        SampleData.summary(
            position: done, executed: executed, progress: DashboardSummary.Progress(done: done, total: total),
            finished: finished)
    }

    private static func completed(_ watch: FeedWatch, _ summary: DashboardSummary, at time: Int64) -> DashboardSummary {
        var summary = summary
        watch.complete(&summary, at: second(time), staleAfter: 30)
        return summary
    }

    @Test("The speed of a steady replay is its speed, and the time left follows from it")
    func speed() {
        var watch = FeedWatch()
        watch.see(Self.replay(100), at: Self.second(10))
        #expect(Self.completed(watch, Self.replay(100), at: 10).progress?.perSecond == nil)
        watch.see(Self.replay(200), at: Self.second(12))
        watch.see(Self.replay(300), at: Self.second(14))
        let summary = Self.completed(watch, Self.replay(300), at: 14)
        #expect(summary.progress?.perSecond == 50)
        #expect(summary.progress?.remainingSeconds == 14)
        #expect(summary.serverTime == 14_000)
        #expect(summary.lastChangeTime == 14_000)
    }

    @Test("A later speed counts a fifth, so that one slow second does not shake the time left")
    func smoothing() {
        var watch = FeedWatch()
        for (time, done) in [(0, 0), (1, 100), (2, 100)] as [(Int64, UInt64)] {
            watch.see(Self.replay(done), at: Self.second(time))
        }
        #expect(watch.perSecond == 80)
    }

    @Test("A feed that stands still is stale after the limit, and not before")
    func stale() {
        var watch = FeedWatch()
        for time in [0, 20, 31] as [Int64] { watch.see(Self.replay(100), at: Self.second(time)) }
        #expect(!Self.completed(watch, Self.replay(100), at: 30).stale)
        let summary = Self.completed(watch, Self.replay(100), at: 31)
        #expect(summary.stale)
        #expect(summary.lastChangeTime == 0)
        watch.see(Self.replay(101), at: Self.second(32))
        #expect(!Self.completed(watch, Self.replay(101), at: 32).stale)
    }

    @Test("A finished feed is not stale and has no time left")
    func finished() {
        var watch = FeedWatch()
        let end = Self.replay(1000, finished: true)
        watch.see(Self.replay(900), at: Self.second(0))
        for time in [1, 100] as [Int64] { watch.see(end, at: Self.second(time)) }
        let summary = Self.completed(watch, end, at: 100)
        #expect(!summary.stale)
        #expect(summary.progress?.remainingSeconds == nil)
        #expect(summary.progress?.perSecond == nil)
    }

    @Test("A feed that has been read to its end, but not worked off, is stale when the executor stands still")
    func stuck() {
        var watch = FeedWatch()
        watch.see(Self.replay(1000, executed: 900), at: Self.second(0))
        watch.see(Self.replay(1000, executed: 950), at: Self.second(20))
        #expect(!Self.completed(watch, Self.replay(1000, executed: 950), at: 50).stale)
        #expect(Self.completed(watch, Self.replay(1000, executed: 950), at: 51).stale)
    }

    @Test("The store is read once a second however many ask")
    func ticker() async throws {
        let (clock, reads) = (Shared(0), Shared(0))
        let ticker = SummaryTicker(
            staleAfter: 30, now: { UnixNanos(milliseconds: Int64(clock.value)) },
            read: {
                reads.value += 1
                if reads.value > 2 { throw SampleData.Unavailable() }
                return SampleData.summary(position: UInt64(reads.value))
            })
        #expect(try await ticker.latest().feedPosition == 1)
        clock.value = 899
        #expect(try await ticker.latest().feedPosition == 1)
        #expect(reads.value == 1)
        clock.value = 900
        #expect(try await ticker.latest().feedPosition == 2)
        #expect(reads.value == 2)
        clock.value = 1800
        await #expect(throws: SampleData.Unavailable.self) { try await ticker.latest() }
    }

    @Test("While the store keeps one reader waiting, the others get the last summary, which grows stale")
    func silentStore() async throws {
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let (clock, reads) = (Shared(0), Shared(0))
        let ticker = SummaryTicker(
            staleAfter: 30, now: { UnixNanos(seconds: Int64(clock.value)) },
            read: {
                reads.value += 1
                if reads.value == 2 {
                    enter.yield()
                    for await _ in released { break }
                }
                return SampleData.summary(
                    position: UInt64(reads.value), progress: DashboardSummary.Progress(done: 9, total: 9))
            })
        #expect(try await !ticker.latest().stale)
        clock.value = 30
        async let waiting = ticker.latest()
        for await _ in entered { break }
        #expect(try await ticker.latest().feedPosition == 1)
        #expect(try await !ticker.latest().stale)
        clock.value = 31
        let shown = try await ticker.latest()
        #expect(shown.stale)
        #expect(shown.serverTime == 31_000)
        release.yield()
        let answer = try await waiting
        #expect(answer.feedPosition == 2)
        #expect(!answer.stale)
        #expect(reads.value == 2)
    }

    @Test("There are only so many streams at once")
    func limit() {
        let limit = StreamLimit(2)
        #expect(limit.enter())
        #expect(limit.enter())
        #expect(!limit.enter())
        limit.leave()
        #expect(limit.enter())
    }
}

/// A number that closures share.
final class Shared: Sendable {
    private let box: Mutex<Int>

    init(_ value: Int) { box = Mutex(value) }

    var value: Int {
        get { box.withLock { $0 } }
        set { box.withLock { $0 = newValue } }
    }
}
