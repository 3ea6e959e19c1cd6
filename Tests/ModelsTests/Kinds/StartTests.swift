import Learning
import Models
import Schema
import Tensor
import TestTraits
import Testing

@Suite("Fits that begin with a version", .serialized, .longWork, .timeLimit(.minutes(20)))
struct StartTests {
    private static let data = {
        var random = SplitMix64(seed: 21)
        return (0..<400).map { hour in
            vector(hour: hour, price: 1000 + 20 * random.share(), values: [random.share(), random.share()])
        }
    }()

    private static func task(_ order: FittingOrder, seed: UInt64, start: [UInt8]? = nil) throws -> FittingTask {
        var task = try ModelsTests.task(dataset(data, for: order), seed: seed)
        task.start = start
        return task
    }

    /// An LSTM whose steps are too small to be seen.
    private static func still() throws -> FittingOrder {
        try SmallModels.order("lstm", #"{"training":{"epochs":1,"learningRate":1e-12,"schedule":{"constant":{}}}}"#)
    }

    private static func distance(_ weights: [UInt8], _ other: [UInt8]) throws -> Double {
        let (one, two) = (try SafeTensors(bytes: weights), try SafeTensors(bytes: other))
        return try one.entries.map(\.name).map { name in
            try zip(one.tensor(named: name).doubles(), two.tensor(named: name).doubles())
                .map { abs($0 - $1) }.max() ?? 0
        }.max() ?? 0
    }

    @Test("The weights are those of the version, whatever the seed, and go on from there")
    func begins() throws {
        let base = try SmallModels.order("lstm").fit(Self.task(SmallModels.order("lstm"), seed: 1))
        let order = try Self.still()
        let tuned = try order.fit(Self.task(order, seed: 2, start: base))
        #expect(try Self.distance(tuned, base) < 1e-9)
        #expect(try Self.distance(order.fit(Self.task(order, seed: 2)), base) > 0.01)
        let learning = try SmallModels.order("lstm")
        let further = try learning.fit(Self.task(learning, seed: 2, start: base))
        #expect(try Self.distance(further, base) > 1e-4)
    }

    @Test("A checkpoint of a fit that began otherwise is not continued")
    func seal() throws {
        let order = try SmallModels.order("lstm")
        let base = try order.fit(Self.task(order, seed: 1))
        var checkpoint: [UInt8]?
        _ = try order.fit(
            Self.task(order, seed: 2), FittingWatch(save: { bytes, _ in checkpoint = checkpoint ?? bytes }))
        #expect(throws: TrainingError.foreignCheckpoint) {
            try order.fit(Self.task(order, seed: 2, start: base), FittingWatch(continuing: checkpoint))
        }
    }

    @Test("A version of another shape is refused with what differs")
    func shape() throws {
        let base = try SmallModels.order("lstm").fit(Self.task(SmallModels.order("lstm"), seed: 1))
        let wide = try SmallModels.order("lstm", #"{"shape":{"hidden":6}}"#)
        let error = #expect(throws: TrainingError.self) { try wide.fit(Self.task(wide, seed: 1, start: base)) }
        guard case .start(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("[24, ") && reason.contains("[16, "), "\(reason)")
    }
}
