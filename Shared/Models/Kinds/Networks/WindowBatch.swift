internal import Foundation
internal import Schema
internal import Tensor

/// Windows as a network reads them.
struct WindowBatch {
    /// Scaled, `[batch, window, feature]`, the oldest row first; what is made of the batch is where these are.
    let windows: Tensor
    /// When the newest row of each was knowable.
    let moments: [UnixNanos]
    let instruments: [Instrument]
    let context: NetworkContext

    var count: Int { moments.count }

    /// Which of the instruments that were learned from each is, `[batch, instrument]`: a one among zeros; none for others.
    func markets() throws(TensorError) -> Tensor {
        try Tensor(
            instruments.flatMap { instrument in context.instruments.map { $0 == instrument ? Float(1) : 0 } },
            shape: [count, context.instruments.count]
        ).moved(to: windows.device)
    }

    /// The names of ``calendar(_:)``'s numbers.
    static let calendarNames = ["hour.sin", "hour.cos", "weekday.sin", "weekday.cos"]

    /// Where in the day and in the week bars close, as points of a circle: `[batch, bar, 4]`.
    ///
    /// The bars are counted from the newest row's 0; all is known ahead, so that they may lie in the future.
    func calendar(_ bars: Range<Int>) throws(TensorError) -> Tensor {
        let (day, week) = (Timeframe.day1.nanoseconds, Timeframe.day1.nanoseconds * 7)
        var values: [Float] = []
        values.reserveCapacity(count * bars.count * Self.calendarNames.count)
        for moment in moments {
            for bar in bars {
                let time = moment.rawValue + Int64(bar) * context.timeframe.nanoseconds
                for length in [day, week] {
                    let phase = 2 * Double.pi * Double(time % length) / Double(length)
                    values += [Float(sin(phase)), Float(cos(phase))]
                }
            }
        }
        return try Tensor(values, shape: [count, bars.count, Self.calendarNames.count]).moved(to: windows.device)
    }
}

/// Windows with what is to be said of them.
struct LabelledBatch {
    let inputs: WindowBatch
    /// The class of each, from 0.
    let labels: [Int]
    /// Log returns over 1, 2, … bars in units of the context's scale, `[batch, bar]`; for fits that look ahead.
    let path: [[Float]]
    /// The weight of each class.
    let classWeights: [Double]

    /// ``path`` as a tensor.
    func pathTensor() throws(TensorError) -> Tensor {
        try Tensor(path.flatMap { $0 }, shape: [path.count, path.first?.count ?? 0]).moved(to: inputs.windows.device)
    }

    /// The mean cross-entropy of logits `[batch, 1]` of two classes, or `[batch, class]`, each label by its class's weight.
    func crossEntropy(_ logits: Tensor) throws(TensorError) -> Tensor {
        let device = logits.device
        guard inputs.context.classes == 2 else {
            return try logits.crossEntropy(
                Tensor(labels.map(Int64.init), shape: [labels.count]).moved(to: device),
                classWeights: Tensor(classWeights.map(Float.init), shape: [classWeights.count]).moved(to: device))
        }
        let ups = try Tensor(labels.map(Float.init), shape: [labels.count]).moved(to: device)
        let weight = try Tensor([Float(classWeights[1] / classWeights[0])], shape: [1]).moved(to: device)
        return try logits.reshaped([labels.count]).binaryCrossEntropy(ups, positiveWeight: weight)
    }
}

extension NetworkContext {
    /// Logits that the labels ask for: one for two classes.
    var outputs: Int { classes == 2 ? 1 : classes }

    /// The probability of up that logits `[batch, output]` tell, `[batch]`.
    ///
    /// Of five classes, the two that are up against the two that are down: what is flat is no direction.
    func upProbability(_ logits: Tensor) throws(TensorError) -> Tensor {
        guard classes != 2 else { return try logits.reshaped([logits.shape[0]]).sigmoid() }
        let shares = try logits.softmax(dimension: 1)
        let half = classes / 2
        let downs = try shares.narrowed(dimension: 1, to: 0..<half).sum(dimension: 1)
        let ups = try shares.narrowed(dimension: 1, to: (classes - half)..<classes).sum(dimension: 1)
        return try ups / (ups + downs)
    }
}
