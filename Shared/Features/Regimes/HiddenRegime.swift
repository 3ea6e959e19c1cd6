#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The probabilities that the market is calm, or wild, by a hidden Markov model of three states that is fitted to the newest
/// bars and again every `interval` of them.
///
/// J. Hamilton, "A New Approach to the Economic Analysis of Nonstationary Time Series and the Business Cycle", Econometrica,
/// 1989, over log returns and log ranges in percent. Each fit goes on from the one before; states are ordered by the variance
/// of their returns. Nothing later than a bar is in its probabilities.
public struct HiddenRegime: BarIndicator {
    public struct Lines: IndicatorLines, Hashable {
        public let calm: Double
        public let wild: Double

        public static let count = 2
        public func line(_ number: Int) -> Double { number == 0 ? calm : wild }
    }

    private static let steps = 2
    /// Of a percent squared: a market that does not move has this variance.
    private static let leastVariance = 1e-6

    private let interval: Int
    private var previousClose: Double?
    private var returns: RollingWindow
    private var ranges: RollingWindow
    private var model: HiddenMarkovModel?
    private var probabilities: [Double] = []
    private var sinceFit = 0

    /// - Parameters:
    ///   - length: Bars that the model is fitted to.
    ///   - interval: Bars from one fit to the next.
    public init(length: Int, interval: Int) {
        self.interval = interval
        returns = RollingWindow(length)
        ranges = RollingWindow(length)
    }

    public var warmUp: Int { returns.length + 1 }

    @inline(__always)
    public mutating func hold() {
        returns.hold()
        ranges.hold()
    }

    public mutating func update(_ bar: Bar) -> Lines {
        defer { previousClose = bar.close }
        guard let previousClose else { return Lines(calm: .nan, wild: .nan) }
        let observation = [100 * log(bar.close / previousClose), 100 * log(bar.high / bar.low)]
        returns.push(observation[0])
        ranges.push(observation[1])
        guard returns.isFull else { return Lines(calm: .nan, wild: .nan) }
        sinceFit += 1
        if let model, sinceFit < interval {
            probabilities = model.filter(probabilities, observation)
        } else {
            fit()
        }
        return Lines(calm: probabilities[0], wild: probabilities[2])
    }

    private mutating func fit() {
        sinceFit = 0
        let observations = (0..<returns.length).reversed().map { [returns.recent($0), ranges.recent($0)] }
        let fitted = (model ?? Self.beginning(observations)).fitted(
            to: observations, steps: Self.steps, least: Self.leastVariance)
        let ordered = fitted.ordered { $0.variances[0] < $1.variances[0] }
        probabilities = ordered.infer(observations).filtered
        model = ordered
    }

    /// A model whose states are the thirds of the bars by range.
    private static func beginning(_ observations: [[Double]]) -> HiddenMarkovModel {
        let sorted = observations.sorted { $0[1] < $1[1] }
        let third = max(1, sorted.count / 3)
        do {
            let emissions = try (0..<3).map { state in
                let part = Array(sorted[min(state * third, sorted.count - 1)..<min((state + 1) * third, sorted.count)])
                let mean = [0, 1].map { dimension in part.reduce(0) { $0 + $1[dimension] } / Double(part.count) }
                let variances = [0, 1].map { dimension in
                    let squares = part.reduce(0) {
                        $0 + ($1[dimension] - mean[dimension]) * ($1[dimension] - mean[dimension])
                    }
                    return max(squares / Double(part.count), leastVariance)
                }
                return try NormalDistribution(mean: mean, variances: variances)
            }
            return try HiddenMarkovModel(
                start: [1, 1, 1].normalised,
                transitions: [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.05, 0.05, 0.9]], emissions: emissions)
        } catch {
            // Three states with variances above zero fit together.
            preconditionFailure("\(error)")
        }
    }
}

extension HiddenMarkovModel {
    /// The same model with its states in another order.
    func ordered(by areInOrder: (NormalDistribution, NormalDistribution) -> Bool) -> HiddenMarkovModel {
        let order = emissions.indices.sorted { first, second in
            if areInOrder(emissions[first], emissions[second]) { return true }
            return !areInOrder(emissions[second], emissions[first]) && first < second
        }
        var model = self
        model.start = order.map { start[$0] }
        model.transitions = order.map { from in order.map { transitions[from][$0] } }
        model.emissions = order.map { emissions[$0] }
        return model
    }
}
