internal import Models

/// What was said about the rows of one fold, in their order.
public enum Predictions: Sendable, Hashable {
    /// Of up.
    case probabilities([Double])
    /// Whether up was called; `nil` is no call.
    case calls([Bool?])

    public var count: Int {
        switch self {
        case .probabilities(let probabilities): probabilities.count
        case .calls(let calls): calls.count
        }
    }

    /// Probabilities of one half call nothing.
    public var calls: [Bool?] {
        switch self {
        case .probabilities(let probabilities): probabilities.map { $0 == 0.5 ? nil : $0 > 0.5 }
        case .calls(let calls): calls
        }
    }

    func scores(_ outcomes: [Bool]) -> BinaryScores {
        switch self {
        case .probabilities(let probabilities): BinaryScores(probabilities: probabilities, outcomes: outcomes)
        case .calls(let calls): BinaryScores(calls: calls, outcomes: outcomes)
        }
    }
}

/// A model or a baseline, with what it said about every fold in each of its fits.
public struct Candidate: Sendable, Hashable {
    /// One fit of every fold with the same seed.
    public struct Run: Sendable, Hashable {
        public let seed: UInt64
        /// One a fold.
        public let folds: [Predictions]

        public init(seed: UInt64, folds: [Predictions]) { (self.seed, self.folds) = (seed, folds) }
    }

    public let name: String
    public let runs: [Run]

    public init(name: String, runs: [Run]) {
        precondition(!runs.isEmpty, "a run at least")
        (self.name, self.runs) = (name, runs)
    }
}

extension Candidate {
    /// What needs no model: that the last return goes on, that what was usual in training stays so, and holding.
    static func baselines(_ folds: [TestFold]) -> [Candidate] {
        func once(_ name: String, _ predict: (TestFold) -> Predictions) -> Candidate {
            Candidate(name: name, runs: [Run(seed: 0, folds: folds.map(predict))])
        }
        return [
            once("last value") { fold in .calls(fold.rows.map { $0.lastReturn == 0 ? nil : $0.lastReturn > 0 }) },
            once("majority class") { fold in .probabilities(fold.rows.map { _ in fold.trainingUpShare }) },
            once("buy and hold") { fold in .calls(fold.rows.map { _ in true }) },
        ]
    }
}
