// The example of CONTRIBUTING.md, to the letter: AddedKindTests compares the two.
import Models

/// A model that has learned one number: how often the direction of the last five bars went on.
enum MomentumKind: ModelKind {
    struct Settings: ModelSettings {
        /// Samples at the end of training that count; 0 is all.
        var memory = 0
        /// The last row alone.
        var window: Int { 1 }

        func check() throws {
            guard memory >= 0 else { throw TrainingError.settings("memory must not be negative") }
        }
    }

    static let name = "momentum"
    static let summary = "how often a direction goes on"
    static let fileExtension = "txt"
    static let settings = Settings()
    static let quickSettings = Settings(memory: 1000)

    static func fit(_ task: FittingTask, _ settings: Settings, _ watch: FittingWatch) throws -> [UInt8] {
        let samples = settings.memory == 0 ? task.training : task.training.suffix(settings.memory)
        let inputs = task.data.inputs(samples, length: settings.window)
        let column = task.data.names.firstIndex(of: "momentum_5") ?? 0
        var goesOn = 0
        for (place, sample) in samples.enumerated() {
            let wasUp = inputs.windows[place * task.data.columns + column] > 0
            if wasUp == task.data.samples[sample].answer.isUp { goesOn += 1 }
        }
        let share = Double(goesOn) / Double(samples.count)
        try watch.step(
            TrainingStep(unit: .round, number: 1, total: 1, samples: samples.count, progress: 1, loss: 1 - share))
        try watch.save([], 1)
        return Array("\(share) \(column) \(task.data.columns)".utf8)
    }

    static func model(from bytes: [UInt8]) throws -> any DirectionModel {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard parts.count == 3, let share = Float(parts[0]), let column = Int(parts[1]), let columns = Int(parts[2]),
            (0...1).contains(share), (0..<columns).contains(column)
        else { throw TrainingError.settings("this is no momentum model") }
        return Momentum(share: share, column: column, features: columns)
    }

    private struct Momentum: DirectionModel {
        let share: Float
        let column: Int
        let features: Int
        var window: Int { 1 }

        func probabilities(of inputs: ModelInputs) throws -> [Float] {
            (0..<inputs.count).map { inputs.windows[$0 * features + column] > 0 ? share : 1 - share }
        }
    }
}
