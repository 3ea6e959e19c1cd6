import HTTP
import Schema
import Testing

@Suite("Rate limiter")
struct RateLimiterTests {
    @Test(
        "Over any window of one period, the granted weights are at most the budget", arguments: 0..<60 as Range<UInt64>)
    func budgetHoldsInEveryWindow(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let budget = Int.random(in: 2...400, using: &random)
        let burst = Int.random(in: 1..<budget, using: &random)
        let period = Int64.random(in: 1...5_000_000_000, using: &random)
        var limiter = RateLimiter(budget: budget, per: .nanoseconds(period), burst: burst)
        var grants: [(time: Int64, weight: Int)] = []
        var now: Int64 = 0
        for _ in 0..<600 {
            let weight = Int.random(in: 1...burst, using: &random)
            switch limiter.acquire(weight, at: .nanoseconds(now)) {
            case .granted: grants.append((now, weight))
            case .wait(let wait):
                // Now and then a caller comes back too early.
                now += Int64(wait / .nanoseconds(1)) >> (Bool.random(using: &random) ? 0 : 1)
            }
            if UInt8.random(in: 0..<16, using: &random) == 0 { now += Int64.random(in: 0...2 * period, using: &random) }
        }
        #expect(grants.count > 50)
        var (oldest, sum) = (0, 0)
        for grant in grants {
            sum += grant.weight
            while grants[oldest].time < grant.time - period {
                sum -= grants[oldest].weight
                oldest += 1
            }
            #expect(sum <= budget)
        }
    }

    @Test("A wait that is obeyed ends in a grant, and one nanosecond less does not", arguments: 0..<20 as Range<UInt64>)
    func waitIsExact(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var limiter = RateLimiter(budget: Int.random(in: 20...90, using: &random), per: .seconds(7), burst: 10)
        #expect(limiter.acquire(10, at: .zero) == .granted)
        let weight = Int.random(in: 1...10, using: &random)
        guard case .wait(let wait) = limiter.acquire(weight, at: .milliseconds(1)) else {
            Issue.record("an empty bucket grants nothing")
            return
        }
        let ready = Duration.milliseconds(1) + wait
        #expect(limiter.acquire(weight, at: ready - .nanoseconds(1)) == .wait(.nanoseconds(1)))
        #expect(limiter.acquire(weight, at: ready) == .granted)
    }

    @Test("Under steady demand the refill is used up, not only the burst")
    func refillIsUsed() {
        var limiter = RateLimiter(budget: 100, per: .seconds(60), burst: 40)
        let granted = (0..<600).filter { limiter.acquire(1, at: .seconds($0)) == .granted }.count
        #expect(granted == 600)  // 60 a minute is one a second
    }

    @Test("What the server has counted is no longer at hand")
    func serverUsageLowersTheLevel() {
        var limiter = RateLimiter(budget: 100, per: .seconds(60), burst: 50)
        limiter.observe(.init(used: 98, windowRemaining: .seconds(30)), at: .zero)
        #expect(limiter.acquire(2, at: .zero) == .granted)
        #expect(limiter.acquire(1, at: .zero) != .granted)
    }

    @Test("A budget that the server says is used up ends all grants until its window does")
    func exhaustedServerWindowPauses() {
        var limiter = RateLimiter(budget: 100, per: .seconds(60), burst: 50)
        limiter.observe(.init(used: 100, windowRemaining: .seconds(42)), at: .seconds(1))
        #expect(limiter.acquire(1, at: .seconds(1)) == .wait(.seconds(42)))
        #expect(limiter.acquire(1, at: .seconds(42)) == .wait(.seconds(1)))
        #expect(limiter.acquire(1, at: .seconds(43)) == .granted)
    }

    @Test("A low count from the server gives nothing back")
    func serverUsageNeverRaises() {
        var limiter = RateLimiter(budget: 100, per: .seconds(60), burst: 50)
        #expect(limiter.acquire(50, at: .zero) == .granted)
        limiter.observe(.init(used: 0, windowRemaining: .seconds(60)), at: .zero)
        #expect(limiter.acquire(1, at: .zero) != .granted)
    }

    @Test("A pause is not shortened by a later, shorter one")
    func pausesDoNotShorten() {
        var limiter = RateLimiter(budget: 10, per: .seconds(1))
        limiter.pause(for: .seconds(100), at: .zero)
        limiter.pause(for: .seconds(1), at: .seconds(1))
        #expect(limiter.acquire(1, at: .seconds(40)) == .wait(.seconds(60)))
    }

    @Test("A clock that runs backwards gives no weight")
    func backwardsTimeIsIgnored() {
        var limiter = RateLimiter(budget: 10, per: .seconds(10), burst: 5)
        #expect(limiter.acquire(5, at: .seconds(100)) == .granted)
        #expect(limiter.acquire(1, at: .zero) == .wait(.seconds(2)))
        #expect(limiter.acquire(1, at: .seconds(101)) == .wait(.seconds(1)))
    }
}
