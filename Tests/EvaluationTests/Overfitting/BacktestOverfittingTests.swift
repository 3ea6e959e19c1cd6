import Evaluation
import Foundation
import Schema
import Testing

@Suite("Probability of backtest overfitting")
struct BacktestOverfittingTests {
    private static func noise(_ strategies: Int, _ bars: Int, seed: UInt64) -> [[Double]] {
        var random = SplitMix64(seed: seed)
        return (0..<strategies).map { _ in (0..<bars).map { _ in Double.random(in: -1...1, using: &random) } }
    }

    @Test(
        "It is what numpy computes, with blocks of unequal length",
        arguments: [
            // By numpy 2.4.6 from the definition: probability, slope, probability of loss, mean logit.
            (8, 70, 0.4857142857142857, -1.142633812963804, 0.5142857142857142, -0.07182486802855996),
            (16, 12870, 0.6240870240870241, -0.7686930193119563, 0.7452991452991453, -0.2852225608693374),
        ])
    func numpy(
        blocks: Int, choices: Int, probability: Double, degradation: Double, loss: Double, logit: Double
    ) throws {
        let returns = (0..<5).map { strategy in
            (0..<203).map { bar -> Double in
                let number = bar * 37 + strategy * 101 + bar * bar * (strategy + 1) * 13
                return (Double(number % 97) - 47.3137) / 1000
            }
        }
        let result = try BacktestOverfitting(returns: returns, blocks: blocks)
        #expect(result.logits.count == choices)
        #expect(result.probability == probability && result.probabilityOfLoss == loss)
        #expect(abs(try #require(result.degradation) - degradation) < 1e-12)
        #expect(abs(result.logits.reduce(0, +) / Double(choices) - logit) < 1e-12)
    }

    @Test("It is what the definition says, choice by choice", arguments: 0..<8)
    func definition(seed: UInt64) throws {
        let returns = Self.noise(4, 60, seed: seed)
        let result = try BacktestOverfitting(returns: returns, blocks: 6)
        var logits: [Double] = []
        for first in 0..<6 {
            for second in first + 1..<6 {
                for third in second + 1..<6 {
                    let inside = Set([first, second, third])
                    func ratio(_ strategy: [Double], _ isInside: Bool) throws -> Double {
                        let bars = strategy.indices.filter { inside.contains($0 / 10) == isInside }
                        return try #require(SharpeEstimate(returns: bars.map { strategy[$0] })).value
                    }
                    let chosen = try returns.map { try ratio($0, true) }
                    let judged = try returns.map { try ratio($0, false) }
                    let highest = try #require(chosen.max())
                    let best = try #require(chosen.firstIndex(of: highest))
                    let share = Double(judged.count { $0 <= judged[best] }) / 5
                    logits.append(log(share / (1 - share)))
                }
            }
        }
        #expect(result.logits.count == 20)
        // The order of the choices is nobody's business.
        for (value, expected) in zip(result.logits.sorted(), logits.sorted()) { #expect(abs(value - expected) < 1e-12) }
        #expect(abs(result.probability - Double(logits.count { $0 < 0 }) / 20) < 1e-12)
    }

    @Test("The best of noise is above the median half of the time", arguments: [2, 5, 10])
    func noise(strategies: Int) throws {
        let probabilities = try (0..<150).map { seed in
            try BacktestOverfitting(returns: Self.noise(strategies, 96, seed: seed), blocks: 6).probability
        }
        let mean = probabilities.reduce(0, +) / 150
        // The spread of single results is below 0.35, so that this is more than three standard errors.
        #expect(abs(mean - 0.5) < 0.09, "\(mean)")
    }

    @Test("A strategy that is better than all others everywhere is not overfitted")
    func dominating() throws {
        var returns = Self.noise(6, 160, seed: 1)
        returns[3] = returns[3].map { $0 / 100 + 0.5 }
        let result = try BacktestOverfitting(returns: returns, blocks: 8)
        #expect(result.probability == 0 && result.probabilityOfLoss == 0)
    }

    @Test("Equal strategies share their rank, and one that does nothing has the ratio zero")
    func ties() throws {
        let flat = Array(repeating: 0.0, count: 80)
        let same = try BacktestOverfitting(returns: [flat, flat, flat], blocks: 4)
        #expect(same.probability == 0.5 && same.logits == Array(repeating: 0, count: 6) && same.degradation == nil)
        let losing = (0..<80).map { -0.5 - Double($0 % 3) }
        let idle = try BacktestOverfitting(returns: [losing, flat], blocks: 4)
        #expect(idle.probability == 0 && idle.probabilityOfLoss == 0)
    }

    @Test("Blocks of less than two bars are refused")
    func tooShort() throws {
        let error = #expect(throws: EvaluationError.self) {
            _ = try BacktestOverfitting(returns: Self.noise(2, 31, seed: 1))
        }
        #expect(error == .tooFewSamples(31, scheme: "overfitting over 16 blocks"))
    }
}
