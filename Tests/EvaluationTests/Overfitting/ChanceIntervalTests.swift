import Evaluation
import Testing

@Suite("Interval around chance")
struct ChanceIntervalTests {
    @Test(
        "Its bounds are the binomial distribution's quantiles",
        arguments: [
            // scipy.stats.binom.ppf of SciPy 1.17.1 at 0.005 and 0.995
            (1.0, 0.5, 0.0, 1.0), (10, 0.5, 1, 9), (240, 0.5, 100, 140), (1000, 0.53, 489, 571),
            (20000, 0.51, 10018, 10382), (50, 0.02, 0, 4), (7, 1, 7, 7), (9, 0, 0, 0),
        ])
    func quantiles(count: Double, chance: Double, lower: Double, upper: Double) {
        let interval = ChanceInterval(chance: chance, effectiveCount: count)
        #expect(interval.lower == lower / count && interval.upper == upper / count)
    }

    @Test("It holds its bounds, and is wider for more confidence and for fewer outcomes")
    func width() {
        let interval = ChanceInterval(chance: 0.5, effectiveCount: 240)
        #expect(interval.contains(interval.lower) && interval.contains(interval.upper))
        #expect(!interval.contains(interval.lower.nextDown) && !interval.contains(interval.upper.nextUp))
        #expect(ChanceInterval(chance: 0.5, effectiveCount: 240, confidence: 0.999).lower < interval.lower)
        #expect(ChanceInterval(chance: 0.5, effectiveCount: 10).upper > interval.upper)
    }

    @Test("A count is rounded down, but not for rounding's sake")
    func counts() {
        #expect(ChanceInterval(chance: 0.5, effectiveCount: 9.999).effectiveCount == 9)
        #expect(ChanceInterval(chance: 0.5, effectiveCount: 10 - 1e-12).effectiveCount == 10)
    }

    @Test("Of less than one outcome nothing is known")
    func nothing() {
        let interval = ChanceInterval(chance: 0.5, effectiveCount: 0.9)
        #expect(interval.lower == 0 && interval.upper == 1 && interval.effectiveCount == 0)
    }
}
