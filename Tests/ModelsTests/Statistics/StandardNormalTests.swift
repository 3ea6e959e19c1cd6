import Models
import Testing

@Suite("Standard normal distribution")
struct StandardNormalTests {
    @Test(
        "Quantiles are SciPy's to fourteen digits, in the middle and far out",
        arguments: [
            // scipy.stats.norm.ppf of SciPy 1.17.1
            (1e-300, -37.0470962993612), (1e-20, -9.262340089798409), (1e-10, -6.361340902404056),
            (0.005, -2.575829303548901), (0.3, -0.5244005127080409), (0.5, 0), (0.9, 1.2815515655446004),
        ])
    func quantiles(probability: Double, expected: Double) {
        #expect(abs(StandardNormal.quantile(probability) - expected) <= 1e-14 * abs(expected))
    }

    @Test(
        "Probabilities are those of the error function",
        arguments: [
            // 0.5 * math.erfc(-x / math.sqrt(2)) of Python 3.11
            (-8.0, 6.220960574271819e-16), (-1.5, 0.06680720126885809), (0, 0.5), (0.3, 0.6179114221889526),
            (2, 0.9772498680518208),
        ])
    func cumulative(value: Double, expected: Double) {
        #expect(abs(StandardNormal.cumulative(value) - expected) <= 1e-15 * expected)
    }

    @Test("One undoes the other")
    func inverse() {
        for step in 1..<1000 {
            let probability = Double(step) / 1000
            #expect(abs(StandardNormal.cumulative(StandardNormal.quantile(probability)) - probability) < 1e-15)
        }
        #expect(StandardNormal.quantile(0) == -.infinity && StandardNormal.quantile(1) == .infinity)
    }
}
