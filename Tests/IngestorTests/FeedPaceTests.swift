import Bus
import Schema
import Testing

@testable import Ingestor

@Suite("Feed pace")
struct FeedPaceTests {
    private static let second: Int64 = 1_000_000_000
    private func hour(_ number: Int64) -> UnixNanos { UnixNanos(seconds: 3600 * number) }

    @Test("Without a hold the first step is fed at once and the next when its time has come")
    func speed() {
        var pace = FeedPace(.times(3600), hold: nil)
        #expect(pace.answer(to: hour(1), at: 50) == .feed)
        #expect(pace.answer(to: hour(2), at: 50 + Self.second - 1) == .wait)
        #expect(pace.answer(to: hour(2), at: 50 + Self.second) == .feed)
        #expect(pace.heldAt == nil)
    }

    @Test("At full speed nothing waits")
    func maximum() {
        var pace = FeedPace(.maximum, hold: nil)
        for number in 1...5 { #expect(pace.answer(to: hour(Int64(number)), at: 0) == .feed) }
    }

    @Test("Everything up to the hold is fed at once, and the first step behind it needs a champion")
    func hold() {
        var pace = FeedPace(.times(1), hold: hour(2))
        #expect(pace.answer(to: hour(1), at: 0) == .feed && pace.answer(to: hour(2), at: 0) == .feed)
        #expect(pace.heldAt == nil)
        #expect(pace.answer(to: hour(3), at: 0) == .needsChampion)
        #expect(pace.heldAt == hour(2))
    }

    @Test("A champion is looked for ten times a second, not more often")
    func looks() {
        var pace = FeedPace(.maximum, hold: hour(2))
        let answers = (0..<30).map { pace.answer(to: hour(3), at: $0 * Self.second / 100) }
        #expect(answers.filter { $0 == .needsChampion }.count == 3)
        #expect(answers.filter { $0 == .wait }.count == 27)
    }

    @Test("Once released, the feed goes on at its own speed, however long it was held")
    func release() {
        var pace = FeedPace(.times(3600), hold: hour(2))
        _ = pace.answer(to: hour(1), at: 0)
        #expect(pace.answer(to: hour(3), at: 900 * Self.second) == .needsChampion)
        pace.release()
        #expect(pace.heldAt == nil)
        let now = 1000 * Self.second
        #expect(pace.answer(to: hour(4), at: now) == .feed)
        #expect(pace.answer(to: hour(6), at: now + 2 * Self.second - 1) == .wait)
        #expect(pace.answer(to: hour(6), at: now + 2 * Self.second) == .feed)
    }

    @Test("A step that is due in more than 292 years waits")
    func never() {
        var pace = FeedPace(.times(1e-9), hold: nil)
        #expect(pace.answer(to: UnixNanos(0), at: .max - 5) == .feed)
        #expect(pace.answer(to: UnixNanos(.max), at: .max) == .wait)
    }
}
