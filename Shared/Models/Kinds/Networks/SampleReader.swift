internal import Learning
internal import Tensor

/// A dataset inside libtorch, scaled once, where the network is: batches are cut out of it, and nothing else is copied.
struct SampleReader {
    private let data: Dataset
    private let context: NetworkContext
    /// Bars ahead that the targets reach.
    private let horizon: Int
    /// All windows, one beginning at each row, `[row, window, feature]`: a view of the rows.
    private let windows: Tensor

    init(_ data: Dataset, _ context: NetworkContext, horizon: Int, on device: Device) throws {
        (self.data, self.context, self.horizon) = (data, context, horizon)
        let rows = try Tensor(context.scaler(data.rows), shape: [data.moments.count, data.columns])
        windows = try rows.moved(to: device).windows(dimension: 0, length: context.window).transposed(1, 2)
    }

    /// Those of the samples whose targets are known.
    func learnable(_ samples: [Int]) -> [Int] {
        horizon == 0 ? samples : samples.filter { data.path(of: $0, steps: horizon) != nil }
    }

    func batch(of samples: [Int], classWeights: [Double]) throws -> LabelledBatch {
        let starts = samples.map { Int64(data.samples[$0].row - context.window + 1) }
        let inputs = WindowBatch(
            windows: try windows.slices(
                dimension: 0, at: Tensor(starts, shape: [starts.count]).moved(to: windows.device)),
            moments: samples.map { data.moments[data.samples[$0].row] },
            instruments: samples.map { data.instruments[data.samples[$0].instrument] }, context: context)
        return LabelledBatch(
            inputs: inputs, labels: samples.map { data.samples[$0].answer.label }, path: path(of: samples),
            classWeights: classWeights)
    }

    private func path(of samples: [Int]) -> [[Float]] {
        guard horizon > 0 else { return [] }
        let scale = Float(context.returnScale)
        return samples.map { sample in
            // Only samples whose path is known are learned from.
            data.path(of: sample, steps: horizon)!.map { $0 / scale }
        }
    }
}
