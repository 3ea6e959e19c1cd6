#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A chain of hidden states, each of which draws what is seen from a normal distribution of its own.
///
/// L. Rabiner, "A Tutorial on Hidden Markov Models and Selected Applications in Speech Recognition", 1989, with the scaling of
/// its section V.A. Shapes: `states`, `[states, states]`, `[states, dimensions]`, and sequences `[time, dimensions]`.
public struct HiddenMarkovModel: Codable, Sendable, Equatable {
    /// The probability of each state at the beginning.
    public internal(set) var start: [Double]
    /// From the state of the row to that of the column.
    public internal(set) var transitions: [[Double]]
    public internal(set) var emissions: [NormalDistribution]

    /// - Throws: ``FeaturesError/state(_:)`` when the parts do not fit together.
    public init(
        start: [Double], transitions: [[Double]], emissions: [NormalDistribution]
    ) throws(FeaturesError) {
        let states = start.count
        guard states > 0, transitions.count == states, transitions.allSatisfy({ $0.count == states }),
            emissions.count == states, Set(emissions.map(\.mean.count)).count == 1
        else { throw .state("a hidden Markov model of \(states) states has as many of everything") }
        self.start = start
        self.transitions = transitions
        self.emissions = emissions
    }

    public var states: Int { start.count }

    /// What a sequence says about the hidden states.
    public struct Inference: Sendable, Equatable {
        /// Logarithm of the density of the whole sequence.
        public let logLikelihood: Double
        /// Shape `[time, states]`: the probability of each state given all that was seen.
        public let posteriors: [[Double]]
        /// The probability of each state at the end, given all that was seen up to it: what a filter goes on from.
        public let filtered: [Double]
        /// Expected number of passages from the state of the row to that of the column.
        let passages: [[Double]]
    }

    /// The forward and the backward pass; the sequence must not be empty.
    public func infer(_ observations: [[Double]]) -> Inference {
        let densities = observations.map { scaledDensities($0) }
        let (forward, scales) = forwardPass(densities.map(\.values))
        var backward = Array(repeating: 1.0, count: states)
        var posteriors = forward
        var passages = transitions.map { $0.map { _ in 0.0 } }
        for time in densities.indices.reversed().dropFirst() {
            let next = densities[time + 1].values
            var before = Array(repeating: 0.0, count: states)
            for from in 0..<states {
                for to in 0..<states {
                    let way = transitions[from][to] * next[to] * backward[to] / scales[time + 1]
                    before[from] += way
                    passages[from][to] += forward[time][from] * way
                }
                posteriors[time][from] = forward[time][from] * before[from]
            }
            backward = before
        }
        let logLikelihood = zip(scales, densities).reduce(0) { $0 + log($1.0) + $1.1.logScale }
        // The last step's have seen everything already.
        return Inference(
            logLikelihood: logLikelihood, posteriors: posteriors, filtered: forward[forward.count - 1],
            passages: passages)
    }

    /// The state probabilities after one more observation, given those before it.
    public func filter(_ probabilities: [Double], _ observation: [Double]) -> [Double] {
        let densities = scaledDensities(observation).values
        var next = (0..<states).map { to in
            densities[to] * (0..<states).reduce(0) { $0 + probabilities[$1] * transitions[$1][to] }
        }
        let sum = next.reduce(0, +)
        guard sum > 0 else { return probabilities }
        for state in next.indices { next[state] /= sum }
        return next
    }

    /// The most likely sequence of states, and the logarithm of its density with what was seen.
    ///
    /// A. Viterbi, "Error Bounds for Convolutional Codes and an Asymptotically Optimum Decoding Algorithm", 1967.
    public func decode(_ observations: [[Double]]) -> (path: [Int], logDensity: Double) {
        let logTransitions = transitions.map { $0.map { log($0) } }
        var best = zip(start, emissions).map { log($0) + $1.logDensity(observations[0]) }
        var origins: [[Int]] = []
        for observation in observations.dropFirst() {
            var (next, from) = ([Double](), [Int]())
            for to in 0..<states {
                let ways = (0..<states).map { best[$0] + logTransitions[$0][to] }
                let origin = ways.indices.max { ways[$0] < ways[$1] } ?? 0
                next.append(ways[origin] + emissions[to].logDensity(observation))
                from.append(origin)
            }
            best = next
            origins.append(from)
        }
        var path = [best.indices.max { best[$0] < best[$1] } ?? 0]
        let logDensity = best[path[0]]
        for from in origins.reversed() { path.append(from[path[path.count - 1]]) }
        return (path.reversed(), logDensity)
    }

    private func forwardPass(_ densities: [[Double]]) -> (forward: [[Double]], scales: [Double]) {
        var forward: [[Double]] = []
        var scales: [Double] = []
        for (time, density) in densities.enumerated() {
            var now = (0..<states).map { to in
                guard time > 0 else { return start[to] * density[to] }
                return density[to] * (0..<states).reduce(0) { $0 + forward[time - 1][$1] * transitions[$1][to] }
            }
            // Below the smallest number where no state can have drawn it: then all are as likely as before.
            let scale = max(now.reduce(0, +), .leastNormalMagnitude)
            for state in now.indices { now[state] /= scale }
            forward.append(now)
            scales.append(scale)
        }
        return (forward, scales)
    }

    /// The densities of an observation over the greatest of them, whose logarithm is given beside.
    private func scaledDensities(_ observation: [Double]) -> (values: [Double], logScale: Double) {
        let logs = emissions.map { $0.logDensity(observation) }
        let scale = logs.max() ?? 0
        return (logs.map { exp($0 - scale) }, scale)
    }
}
