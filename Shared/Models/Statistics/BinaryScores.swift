internal import Foundation

/// How well something told which of two ways it would go.
///
/// A score that is not defined, such as the area under the curve where all went one way, is `nil`.
public struct BinaryScores: Codable, Sendable, Hashable {
    /// Predictions whose outcome is known.
    public let count: Int
    /// Those that called a way: a probability of one half does not.
    public let calls: Int
    /// Of the calls, the share that named the outcome.
    public let accuracy: Double?
    /// Of the calls, the mean of the shares that were right among the ups and among the downs.
    public let balancedAccuracy: Double?
    /// The mean cross-entropy of all, in nats, with probabilities kept within 10⁻⁶ and 1 − 10⁻⁶, so that no single
    /// prediction is infinitely wrong; `nil` for calls without probabilities.
    public let logLoss: Double?
    /// The mean square of probability minus outcome (Brier, 1950): 0 is perfect, 0.25 is what a coin gives; `nil` for
    /// calls without probabilities.
    public let brier: Double?
    /// The area under the receiver operating characteristic: the chance that an up was given more than a down, equal ones
    /// counting half (Mann and Whitney, 1947).
    public let areaUnderCurve: Double?
    /// The correlation of calls and outcomes (Matthews, 1975), −1…1; zero when all calls or all outcomes are one way.
    public let matthews: Double?

    /// - Parameters:
    ///   - probabilities: Of up, 0…1.
    ///   - outcomes: Whether it went up; as many.
    public init(probabilities: [Double], outcomes: [Bool]) {
        self.init(probabilities, outcomes, areProbabilities: true)
    }

    /// - Parameters:
    ///   - calls: Whether up was called; `nil` is no call.
    ///   - outcomes: Whether it went up; as many.
    public init(calls: [Bool?], outcomes: [Bool]) {
        self.init(calls.map { $0.map { $0 ? 1 : 0 } ?? 0.5 }, outcomes, areProbabilities: false)
    }

    private init(_ probabilities: [Double], _ outcomes: [Bool], areProbabilities: Bool) {
        precondition(probabilities.count == outcomes.count, "an outcome for each probability")
        let size = Double(outcomes.count)
        var (rightUps, rightDowns, wrongUps, wrongDowns, loss, squares) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for (probability, isUp) in zip(probabilities, outcomes) {
            squares += (probability - (isUp ? 1 : 0)) * (probability - (isUp ? 1 : 0))
            let bounded = min(max(probability, 1e-6), 1 - 1e-6)
            loss -= isUp ? log(bounded) : log(1 - bounded)
            switch (probability, isUp) {
            case (0.5, _): break
            case (_, true): if probability > 0.5 { rightUps += 1 } else { wrongDowns += 1 }
            case (_, false): if probability > 0.5 { wrongUps += 1 } else { rightDowns += 1 }
            }
        }
        let (ups, downs) = (rightUps + wrongDowns, rightDowns + wrongUps)
        let (upCalls, downCalls) = (rightUps + wrongUps, rightDowns + wrongDowns)
        count = outcomes.count
        calls = Int(ups + downs)
        accuracy = calls > 0 ? (rightUps + rightDowns) / (ups + downs) : nil
        balancedAccuracy = ups > 0 && downs > 0 ? (rightUps / ups + rightDowns / downs) / 2 : nil
        logLoss = areProbabilities && count > 0 ? loss / size : nil
        brier = areProbabilities && count > 0 ? squares / size : nil
        areaUnderCurve = Self.area(probabilities, outcomes)
        let spread = (ups * downs * upCalls * downCalls).squareRoot()
        matthews = calls > 0 ? (spread > 0 ? (rightUps * rightDowns - wrongUps * wrongDowns) / spread : 0) : nil
    }

    /// By the ranks of the ups among all, from 1 on; equal ones share the mean of their ranks.
    private static func area(_ probabilities: [Double], _ outcomes: [Bool]) -> Double? {
        let ups = Double(outcomes.count { $0 })
        let downs = Double(outcomes.count) - ups
        guard ups > 0, downs > 0 else { return nil }
        let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
        var (ranks, first) = (0.0, 0)
        while first < order.count {
            let equal = order[first...].prefix { probabilities[$0] == probabilities[order[first]] }
            let rank = Double(equal.startIndex + 1 + equal.endIndex) / 2
            ranks += rank * Double(equal.count { outcomes[$0] })
            first = equal.endIndex
        }
        return (ranks - ups * (ups + 1) / 2) / (ups * downs)
    }
}
