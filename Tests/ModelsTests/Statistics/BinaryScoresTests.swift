import Foundation
import Models
import Testing

@Suite("Binary scores")
struct BinaryScoresTests {
    private func isNear(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 1e-15 } ?? false
    }

    /// Of the eight, one calls nothing, three of five ups are right and one of two downs.
    private let scores = BinaryScores(
        probabilities: [0.75, 0.875, 0.75, 0.625, 0.25, 0.25, 0.375, 0.5],
        outcomes: [true, true, true, false, true, false, true, true])

    @Test("Accuracy, its balanced form and the correlation count calls")
    func calls() {
        #expect(scores.count == 8 && scores.calls == 7)
        #expect(isNear(scores.accuracy, 4.0 / 7))
        #expect(isNear(scores.balancedAccuracy, (3.0 / 5 + 1.0 / 2) / 2))
        // (3 · 1 − 1 · 2) ∕ √(5 · 2 · 4 · 3)
        #expect(isNear(scores.matthews, 1 / 120.0.squareRoot()))
    }

    @Test("Log loss, Brier score and the area under the curve count all")
    func probabilities() {
        let losses = [0.75, 0.875, 0.75, 1 - 0.625, 0.25, 0.75, 0.375, 0.5].map { -log($0) }
        #expect(abs((scores.logLoss ?? 0) - losses.reduce(0, +) / 8) < 1e-15)
        let squares = [0.25, 0.125, 0.25, 0.625, 0.75, 0.25, 0.625, 0.5].map { $0 * $0 }
        #expect(isNear(scores.brier, squares.reduce(0, +) / 8))
        // Of 12 pairs of an up with a down: 6 by the three sure ones, a half by 0.25, 1 by 0.375 and 1 by 0.5.
        #expect(isNear(scores.areaUnderCurve, 8.5 / 12))
    }

    @Test("Equal probabilities count half a pair")
    func ties() {
        let scores = BinaryScores(probabilities: [0.5, 0.5, 0.25, 0.5], outcomes: [true, false, false, true])
        #expect(isNear(scores.areaUnderCurve, (0.5 + 1 + 0.5 + 1) / 4))
    }

    @Test("Calls without probabilities have no log loss and no Brier score")
    func bare() {
        let scores = BinaryScores(calls: [true, false, nil, true], outcomes: [true, true, true, false])
        #expect(scores.logLoss == nil && scores.brier == nil)
        #expect(scores.calls == 3 && isNear(scores.accuracy, 1.0 / 3))
    }

    @Test("A prediction that is surely wrong costs no more than −log 10⁻⁶")
    func bounded() {
        let scores = BinaryScores(probabilities: [0, 1], outcomes: [true, false])
        #expect(abs((scores.logLoss ?? 0) + log(1e-6)) < 1e-9)
    }

    @Test("What is not defined is absent")
    func undefined() {
        let empty = BinaryScores(probabilities: [], outcomes: [])
        #expect(empty.accuracy == nil && empty.logLoss == nil && empty.brier == nil && empty.areaUnderCurve == nil)
        let silent = BinaryScores(probabilities: [0.5, 0.5], outcomes: [true, false])
        #expect(silent.accuracy == nil && silent.matthews == nil && silent.areaUnderCurve == 0.5)
        let oneWay = BinaryScores(probabilities: [0.75, 0.25], outcomes: [true, true])
        #expect(oneWay.areaUnderCurve == nil && oneWay.balancedAccuracy == nil && oneWay.matthews == 0)
    }
}
