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

    func probabilities(of inputs: ModelInputs) throws -> [Float] {
        let size = window * features
        guard inputs.windows.count == inputs.count * size else {
            throw LearningError.data("\(inputs.windows.count) values are no \(inputs.count) windows of \(size)")
        }
        let batch = context.predictionBatch
        let scaled = context.scaler(inputs.windows)
        var probabilities: [Float] = []
        probabilities.reserveCapacity(inputs.count)
        for start in stride(from: 0, to: inputs.count, by: batch) {
            let range = start..<min(start + batch, inputs.count)
            let windows = Self.filled(
                scaled[range.lowerBound * size..<range.upperBound * size], to: batch * size, with: 0)
            let filled = WindowBatch(
                windows: try Tensor(windows, shape: [batch, window, features]),
                moments: Self.filled(inputs.moments[range], to: batch, with: UnixNanos(0)),
                instruments: Self.filled(inputs.instruments[range], to: batch, with: inputs.instruments[0]),
                context: context)
            let result = try body.withLock { body in
                try Torch.withThreads(1) {
                    try withoutGradient {
                        var pass = ForwardPass.prediction
                        return try Kind.probabilities(of: body, filled, &pass).floats()
                    }
                }
            }
            probabilities += result[..<range.count]
        }
        return probabilities
    }

    private static func filled<Value>(_ values: ArraySlice<Value>, to count: Int, with value: Value) -> [Value] {
        values + Array(repeating: value, count: count - values.count)
    }
}
