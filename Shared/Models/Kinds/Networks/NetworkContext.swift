internal import Foundation
internal import Learning
internal import Schema

/// What a network must know to read windows as it did in training; kept in its file beside the weights.
struct NetworkContext: Codable, Sendable, Equatable {
    /// Rows of a window.
    let window: Int
    let timeframe: Timeframe
    /// Those that it has learned from, sorted.
    let instruments: [Instrument]
    /// Of the labels.
    let classes: Int
    /// The median of the absolute log returns of one bar: what a network takes for a return of one.
    let returnScale: Double
    /// Fitted to the rows that the training samples look at.
    let scaler: RobustScaler
    /// The fixed batch shape of predictions.
    let predictionBatch: Int
    /// Passes with dropout that a prediction's uncertainty is told from; `nil` for none, and in files of before there were.
    let dropoutPasses: Int?
    /// The times ahead, in nanoseconds, whose quantiles are told; `nil` for none, and in files of before there were.
    ///
    /// Part of the file, so that a version says the same whatever build serves it.
    let quantileHorizons: [Int64]?

    private static let key = "tidegate.context.v1"

    init(
        window: Int, timeframe: Timeframe, instruments: [Instrument], classes: Int, returnScale: Double,
        scaler: RobustScaler, predictionBatch: Int, dropoutPasses: Int? = nil, quantileHorizons: [Int64]? = nil
    ) {
        (self.window, self.timeframe, self.instruments, self.classes) = (window, timeframe, instruments, classes)
        (self.returnScale, self.scaler) = (returnScale, scaler)
        (self.predictionBatch, self.dropoutPasses) = (predictionBatch, dropoutPasses)
        self.quantileHorizons = quantileHorizons
    }

    /// - Throws: ``Learning/LearningError`` for a file without one.
    init(_ file: SafeTensors) throws {
        guard let text = file.metadata[Self.key] else {
            throw LearningError.safeTensors("it does not say how windows are read")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
        } catch {
            throw LearningError.safeTensors("it does not say how windows are read: \(error)")
        }
    }

    /// For the file's text.
    func metadata() throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return [Self.key: String(decoding: try encoder.encode(self), as: UTF8.self)]
    }
}

extension NetworkContext {
    /// Learns scaler and scale from the training samples alone.
    init<Kind: NetworkKind>(_ task: FittingTask, _ settings: Kind.Settings, of kind: Kind.Type) {
        let data = task.data
        var isUsed = Array(repeating: false, count: data.moments.count)
        for sample in task.training {
            let row = data.samples[sample].row
            for used in row - settings.window + 1...row { isUsed[used] = true }
        }
        let moves = task.training.compactMap { data.path(of: $0, steps: 1).map { abs($0[0]) } }.sorted()
        let median = moves.isEmpty ? 0 : Double(moves[moves.count / 2])
        let horizons = kind.quantileHorizons(settings, for: data)
        self.init(
            window: settings.window, timeframe: data.timeframe, instruments: data.instruments,
            classes: data.labelling.classes,
            returnScale: median > 0 ? median : 1,
            scaler: RobustScaler(
                fitting: data.rows, columns: data.columns, rows: isUsed.indices.filter { isUsed[$0] }),
            predictionBatch: settings.predictionBatch,
            dropoutPasses: settings.dropoutPasses.flatMap { $0 > 0 ? $0 : nil },
            quantileHorizons: horizons.isEmpty ? nil : horizons)
    }
}
