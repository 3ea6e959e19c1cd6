import Features
import Foundation
import Schema
import Testing

@Suite("Changes of volatility and trend")
struct ChangeTests {
    /// Closes whose log returns have, from each of the bars on, the mean and the deviation beside it.
    private func closes(
        _ parts: [(from: Int, mean: Double, deviation: Double)], bars: Int, seed: UInt64 = 21
    ) -> [Double] {
        var random = SplitMix64(seed: seed)
        var logarithm = log(100.0)
        return (0..<bars).map { bar in
            let part = parts.last { $0.from <= bar } ?? parts[0]
            let normal = (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.next() >> 11) / Double(1 << 53) }
            logarithm += part.mean + part.deviation * normal
            return exp(logarithm)
        }
    }

    /// The bars at which an age goes back to 0.
    private func changes(_ ages: [Double]) -> [Int] {
        ages.indices.filter { $0 > 0 && ages[$0] == 0 && !ages[$0 - 1].isNaN }
    }

    @Test("A volatility that doubles or halves is a change by a third, found soon after; a steady one is none")
    func volatility() {
        for (factor, expected) in [(2.0, 1.0 / 3), (0.5, -1.0 / 3)] {
            let lines = VolatilityChange(length: 100, interval: 8).map(
                over: closes([(0, 0, 0.01), (800, 0, 0.01 * factor)], bars: 1200))
            let found = changes(lines.map(\.age))
            #expect(found.first.map { (800..<950).contains($0) } == true, "\(found)")
            #expect(lines[101..<800].allSatisfy { $0.change == 0 })
            #expect(abs(lines[1199].change - expected) < 0.2, "\(lines[1199].change)")
        }
    }

    @Test("The size of returns and of prices does not matter, and a single outlier is no change")
    func scale() {
        let usual = VolatilityChange(length: 100, interval: 8).map(
            over: closes([(0, 0, 0.01), (800, 0, 0.03)], bars: 1200))
        let small = VolatilityChange(length: 100, interval: 8).map(
            over: closes([(0, 0, 0.00001), (800, 0, 0.00003)], bars: 1200).map { $0 * 1e-6 })
        #expect(changes(usual.map(\.age)) == changes(small.map(\.age)) && !changes(usual.map(\.age)).isEmpty)
        var series = closes([(0, 0, 0.01)], bars: 1000)
        for bar in 500..<1000 { series[bar] *= 20 }
        let lines = VolatilityChange(length: 100, interval: 8).map(over: series)
        #expect(changes(lines.map(\.age)).isEmpty)
    }

    @Test("After a change returns are told in units of the new volatility, so that the next one is found too")
    func next() {
        let lines = VolatilityChange(length: 100, interval: 8).map(
            over: closes([(0, 0, 0.01), (800, 0, 0.0001), (1400, 0, 0.0003)], bars: 2000))
        let found = changes(lines.map(\.age))
        #expect(
            found.contains { (800..<950).contains($0) } && found.contains { (1400..<1550).contains($0) }, "\(found)")
        #expect(lines[1999].change > 0)
    }

    @Test("A market that begins to move after it stood still has numbers throughout, and one that stops too")
    func standstill() {
        let moving = closes([(0, 0, 0.01)], bars: 600)
        let still = Array(repeating: moving[0], count: 400)
        for series in [still + moving, moving + Array(repeating: moving[599], count: 400)] {
            let volatility = VolatilityChange(length: 100, interval: 8).map(over: series)
            #expect(volatility[100...].allSatisfy { $0.age.isFinite && abs($0.change) <= 1 })
            let trend = TrendChange(length: 100, tolerance: 0.1, threshold: 20, halfLife: 100).map(over: series)
            #expect(trend[100...].allSatisfy { $0.age.isFinite && abs($0.change) <= 1 })
        }
        let stopped = VolatilityChange(length: 100, interval: 8).map(
            over: moving + Array(repeating: moving[599], count: 400))
        #expect(stopped[999].change < -0.8)
        let awake = VolatilityChange(length: 100, interval: 8).map(
            over: still + closes([(0, 0, 0.01), (400, 0, 0.04)], bars: 800))
        #expect(changes(awake.map(\.age)).contains { (800..<950).contains($0) } && awake[1199].change > 0)
    }

    @Test("A mean return that rises or falls is a change in that direction, which fades by its half-life")
    func trend() {
        for sign in [1.0, -1] {
            let lines = TrendChange(length: 100, tolerance: 0.1, threshold: 20, halfLife: 100).map(
                over: closes([(0, 0, 0.01), (800, sign * 0.005, 0.01)], bars: 1000))
            let found = changes(lines.map(\.age))
            #expect(found.first.map { (800..<950).contains($0) } == true, "\(found)")
            guard let bar = found.first else { continue }
            #expect(lines[bar].change == sign && lines[bar - 1].change == 0)
            #expect(lines[bar + 40].age == log1p(40.0))
            #expect(abs(lines[bar + 40].change - sign * exp2(-0.4)) < 1e-15)
        }
    }
}
