extension HiddenMarkovModel {
    /// Fits the model to a sequence by steps of expectation and maximisation, from where it stands.
    ///
    /// L. Baum and others, "A Maximization Technique Occurring in the Statistical Analysis of Probabilistic Functions of Markov
    /// Chains", 1970; the dimensions are taken as independent.
    ///
    /// - Parameters:
    ///   - observations: Shape `[time, dimensions]`, not empty.
    ///   - steps: Each raises the likelihood of the sequence, or leaves it.
    ///   - least: No variance becomes less: a state that has seen one value only would else draw nothing but that.
    /// - Returns: The fitted model.
    public func fitted(to observations: [[Double]], steps: Int, least: Double = 0) -> HiddenMarkovModel {
        var model = self
        for _ in 0..<steps { model = model.stepped(observations, least) ?? model }
        return model
    }

    /// One step; `nil` when a state has so little of the sequence that nothing can be said of it.
    private func stepped(_ observations: [[Double]], _ least: Double) -> HiddenMarkovModel? {
        let inference = infer(observations)
        var next = self
        next.start = inference.posteriors[0].normalised
        next.transitions = inference.passages.map(\.normalised)
        for state in 0..<states {
            let weights = inference.posteriors.map { $0[state] }
            let total = weights.reduce(0, +)
            guard total > 1e-9 else { return nil }
            let mean = emissions[state].mean.indices.map { dimension in
                zip(weights, observations).reduce(0) { $0 + $1.0 * $1.1[dimension] } / total
            }
            let variances = mean.indices.map { dimension in
                let sum = zip(weights, observations).reduce(0) { sum, pair in
                    let distance = pair.1[dimension] - mean[dimension]
                    return sum + pair.0 * distance * distance
                }
                return max(sum / total, least)
            }
            guard let emission = try? NormalDistribution(mean: mean, variances: variances) else { return nil }
            next.emissions[state] = emission
        }
        return next
    }
}

extension [Double] {
    /// The same shares, which sum to 1; as they are where they sum to nothing.
    var normalised: [Double] {
        let sum = reduce(0, +)
        return sum > 0 ? map { $0 / sum } : self
    }
}
