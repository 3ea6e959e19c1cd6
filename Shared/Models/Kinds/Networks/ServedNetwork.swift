internal import Learning
internal import Schema
internal import Synchronization
internal import Tensor

/// A fitted network that predicts.
///
/// It runs at one fixed batch shape, filled up with zeros, and on one thread: the bits of a window's probability do not
/// depend on the windows beside it, on its place, or on their number. It has one user at a time, behind a lock.
final class ServedNetwork<Kind: NetworkKind>: DirectionModel {
    let window: Int
    let features: Int
    private let context: NetworkContext
    private let body: Mutex<Kind.Body>

    init(_ body: sending Kind.Body, _ context: NetworkContext) {
        (window, features) = (context.window, context.scaler.centre.count)
        self.context = context
        self.body = Mutex(body)
    }

    func probabilities(of inputs: ModelInputs) throws -> [Float] { try probabilities(of: inputs, .prediction) }

    func forecasts(of inputs: ModelInputs) throws -> [DirectionForecast] {
        let forecasts = try batched(inputs) { body, batch, count in
            var pass = ForwardPass.prediction
            return try Kind.forecasts(of: body, batch, &pass).prefix(count)
        }.flatMap { $0 }
        guard let passes = context.dropoutPasses else { return forecasts }
        return try forecasts.enumerated().map { index, forecast in
            DirectionForecast(
                probability: forecast.probability, uncertainty: try spread(of: inputs, index, passes: passes),
                quantiles: forecast.quantiles)
        }
    }

    func shares(on inputs: ModelInputs) throws -> [InputShares] {
        let parts = try batched(inputs, isFilled: false) { body, batch, count in
            (shares: try Kind.shares(of: body, batch), weight: Double(count))
        }
        return InputShares.means(of: parts)
    }

    private func probabilities(of inputs: ModelInputs, _ pass: ForwardPass) throws -> [Float] {
        try batched(inputs) { body, batch, count in
            var pass = pass
            return try Kind.probabilities(of: body, batch, &pass).floats().prefix(count)
        }.flatMap { $0 }
    }

    /// How far the probability of one window spreads over `passes` draws of dropout: their standard deviation.
    ///
    /// Gal & Ghahramani 2016, arXiv:1506.02142. A draw depends on the place in the batch. So the window fills a batch of its
    /// own, of which each place is a draw, and the draws are the same for every window: nothing beside it changes a bit.
    private func spread(of inputs: ModelInputs, _ index: Int, passes: Int) throws -> Double {
        let filled = inputs.repeating(index, copies: context.predictionBatch)
        var draws: [Double] = []
        while draws.count < passes {
            let seed = UInt64(draws.count / context.predictionBatch + 1)
            draws += try probabilities(of: filled, .sampling(SplitMix64(seed: seed))).lazy.map(Double.init)
        }
        return draws.prefix(passes).standardDeviation
    }

    // MARK: Batches

    /// What `work` makes of each batch of the fixed size, on one thread and without gradients.
    ///
    /// - Parameters:
    ///   - inputs: Windows of any number.
    ///   - isFilled: Whether the last batch is filled up to the fixed size.
    ///   - work: Gets how many windows of the batch are no filling.
    /// - Returns: One answer a batch.
    /// - Throws: ``Learning/LearningError/data(_:)`` for windows of another size, and what `work` throws.
    private func batched<Answer: Sendable>(
        _ inputs: ModelInputs, isFilled: Bool = true, _ work: (Kind.Body, WindowBatch, Int) throws -> Answer
    ) throws -> [Answer] {
        let size = window * features
        guard inputs.windows.count == inputs.count * size else {
            throw LearningError.data("\(inputs.windows.count) values are no \(inputs.count) windows of \(size)")
        }
        let scaled = context.scaler(inputs.windows)
        return try stride(from: 0, to: inputs.count, by: context.predictionBatch).map { start in
            let range = start..<min(start + context.predictionBatch, inputs.count)
            let count = isFilled ? context.predictionBatch : range.count
            let windows = Self.filled(
                scaled[range.lowerBound * size..<range.upperBound * size], to: count * size, with: 0)
            let batch = WindowBatch(
                windows: try Tensor(windows, shape: [count, window, features]),
                moments: Self.filled(inputs.moments[range], to: count, with: UnixNanos(0)),
                instruments: Self.filled(inputs.instruments[range], to: count, with: inputs.instruments[0]),
                context: context)
            return try body.withLock { body in
                try Torch.withThreads(1) { try withoutGradient { try work(body, batch, range.count) } }
            }
        }
    }

    private static func filled<Value>(_ values: ArraySlice<Value>, to count: Int, with value: Value) -> [Value] {
        values + Array(repeating: value, count: count - values.count)
    }
}
