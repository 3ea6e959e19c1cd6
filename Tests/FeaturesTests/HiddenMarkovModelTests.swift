import Foundation
import TestKit
import Testing

@testable import Features

@Suite("Hidden Markov model against hmmlearn", .enabled(if: SharedData.folder != nil || SharedData.required))
struct GoldenHiddenMarkovModelTests {
    private struct Reference: Decodable {
        struct Full: Decodable {
            let startprob: [Double]
            let transmat: [[Double]]
            let means: [[Double]]
            let covars: [[[Double]]]
            let loglik_forward: Double
            let viterbi_logprob: Double
        }
        struct Diagonal: Decodable {
            let startprob: [Double]
            let transmat: [[Double]]
            let means: [[Double]]
            let covars: [[Double]]
            let loglik_forward: Double
            let viterbi_logprob: Double
        }
        struct Step: Decodable {
            let startprob: [Double]
            let transmat: [[Double]]
            let means: [[Double]]
            let covars_diag: [[Double]]
            let loglik_forward: Double
        }
        struct Learning: Decodable {
            let after_1_iterations: Step
            let after_5_iterations: Step
            let after_20_iterations: Step
        }
        let full: Full
        let diag: Diagonal
        let baum_welch_diag_pure_ml: Learning
    }

    private func reference() throws -> (Reference, GoldenTable, [[Double]]) {
        let folder = try #require(SharedData.folder).appendingPathComponent("golden")
        let reference = try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: folder.appendingPathComponent("03_hmm.json")))
        let table = try GoldenTable("03_hmm_series.csv")
        let observations = zip(try table.values("x0"), try table.values("x1")).map { [$0, $1] }
        return (reference, table, observations)
    }

    private func diagonal(_ reference: Reference) throws -> HiddenMarkovModel {
        let diag = reference.diag
        return try HiddenMarkovModel(
            start: diag.startprob, transitions: diag.transmat,
            emissions: zip(diag.means, diag.covars).map { try NormalDistribution(mean: $0, variances: $1) })
    }

    @Test(
        "Likelihood, posteriors and the most likely path are the reference's, with full and with diagonal covariances")
    func inference() throws {
        let (reference, table, observations) = try reference()
        #expect(observations.count == 1500)
        let full = reference.full
        let models = [
            (
                "full", full.loglik_forward, full.viterbi_logprob,
                try HiddenMarkovModel(
                    start: full.startprob, transitions: full.transmat,
                    emissions: zip(full.means, full.covars).map { try NormalDistribution(mean: $0, covariance: $1) })
            ), ("diag", reference.diag.loglik_forward, reference.diag.viterbi_logprob, try diagonal(reference)),
        ]
        for (name, logLikelihood, pathDensity, model) in models {
            let inference = model.infer(observations)
            #expect(abs(inference.logLikelihood - logLikelihood) < 1e-6)
            let (path, density) = model.decode(observations)
            #expect(abs(density - pathDensity) < 1e-6)
            #expect(path.map(Double.init) == (try table.values("viterbi_\(name)")))
            var worst = 0.0
            for state in 0..<3 {
                let expected = try table.values("post_\(name)_\(state)")
                for (row, value) in expected.enumerated() {
                    worst = max(worst, abs(inference.posteriors[row][state] - value))
                }
            }
            #expect(worst < 1e-8)
            print("hidden Markov model, \(name): 1500 rows, worst posterior error \(worst)")
        }
    }

    @Test("A filter that takes one observation after the other knows what the forward pass knows")
    func filter() throws {
        let (reference, _, observations) = try reference()
        let model = try diagonal(reference)
        var probabilities = model.infer(Array(observations[..<1])).filtered
        for observation in observations[1..<400] { probabilities = model.filter(probabilities, observation) }
        let expected = model.infer(Array(observations[..<400])).filtered
        #expect(zip(probabilities, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test("Baum and Welch's steps are the reference's after one, five and twenty of them")
    func learning() throws {
        let (reference, _, observations) = try reference()
        let model = try diagonal(reference)
        let learning = reference.baum_welch_diag_pure_ml
        for (steps, expected, tolerance) in [
            (1, learning.after_1_iterations, 1e-7), (5, learning.after_5_iterations, 1e-7),
            (20, learning.after_20_iterations, 1e-5),
        ] {
            let fitted = model.fitted(to: observations, steps: steps)
            let ours =
                fitted.start + fitted.transitions.flatMap { $0 } + fitted.emissions.flatMap(\.mean)
                + fitted.emissions.flatMap(\.variances)
            let theirs =
                expected.startprob + expected.transmat.flatMap { $0 } + expected.means.flatMap { $0 }
                + expected.covars_diag.flatMap { $0 }
            let worst = zip(ours, theirs).map { abs($0 - $1) / max(abs($1), 1e-6) }.max() ?? 1
            #expect(worst < tolerance, "\(steps) steps")
            #expect(abs(fitted.infer(observations).logLikelihood - expected.loglik_forward) < 1e-4)
            print("Baum-Welch: \(steps) steps, \(ours.count) parameters, worst relative error \(worst)")
        }
    }
}

@Suite("Hidden Markov model")
struct HiddenMarkovModelTests {
    @Test("What does not fit together is refused")
    func refused() throws {
        let normal = try NormalDistribution(mean: [0], variances: [1])
        #expect(throws: FeaturesError.self) {
            _ = try HiddenMarkovModel(start: [1, 0], transitions: [[1]], emissions: [normal, normal])
        }
        #expect(throws: FeaturesError.self) { _ = try NormalDistribution(mean: [0], variances: [0]) }
        #expect(throws: FeaturesError.self) {
            _ = try NormalDistribution(mean: [0, 0], covariance: [[1, 2], [2, 1]])
        }
        #expect(throws: FeaturesError.self) { _ = try NormalDistribution(mean: [0, 0], variances: [1]) }
    }

    @Test("Of one dimension the density is the bell curve's")
    func density() throws {
        let normal = try NormalDistribution(mean: [1], variances: [4])
        #expect(abs(exp(normal.logDensity([3])) - 0.120985362259572) < 1e-15)
        #expect(normal.variances == [4])
    }
}
