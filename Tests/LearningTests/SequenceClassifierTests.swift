import Learning
import Models
import Schema
import Tensor
import Testing

@Suite("Sequence classifier")
struct SequenceClassifierTests {
    private let configuration = SequenceConfiguration(
        features: ["a", "b", "c"], window: 6, hidden: 16, dropout: 0.1,
        training: TrainingConfiguration(epochs: 15, batchSize: 32, learningRate: 0.01, seed: 5))

    /// Windows over random rows; the label is the sign of a linear rule over the last two rows.
    private func dataset(_ rows: Int, seed: UInt64, shuffledBy shuffle: UInt64? = nil) throws -> SequenceDataset {
        var random = SplitMix64(seed: seed)
        let features = random.floats(rows * 3).map { $0 * 5 + 100 }
        let ends = Array(5..<rows)
        let labels = ends.map { end -> Float in
            let (now, before) = (end * 3, end * 3 - 3)
            return features[now] - features[before] + 0.5 * (features[now + 1] - 100) > 0 ? 1 : 0
        }
        return try SequenceDataset(
            features: features, columns: 3, window: 6, ends: ends,
            labels: shuffle.map { shuffled(labels, seed: $0) } ?? labels)
    }

    @Test("A window's probability has the same bits wherever it stands, whatever stands beside it, however many")
    func fixedBatch() throws {
        // Wide enough that libtorch's kernels round differently at another batch size.
        let features = (0..<30).map { "f\($0)" }
        let model = try SequenceClassifier(SequenceConfiguration(features: features, window: 12, hidden: 48))
        let size = 12 * 30
        var random = SplitMix64(seed: 1)
        for _ in 0..<4 {
            let window = random.floats(size)
            let alone = try model.probability(of: window).bitPattern
            for place in 0..<32 {
                var batch = random.floats(32 * size).map { $0 * 1000 }
                batch.replaceSubrange((place * size)..<((place + 1) * size), with: window)
                #expect(try model.probabilities(of: batch, count: 32)[place].bitPattern == alone, "place \(place)")
            }
            for count in [2, 5, 31, 33, 64, 70] {
                let batch = window + random.floats((count - 2) * size) + window
                let probabilities = try model.probabilities(of: batch, count: count)
                #expect(probabilities.count == count)
                #expect(probabilities[0].bitPattern == alone && probabilities[count - 1].bitPattern == alone)
            }
            let threads = try Torch.withThreads(2) { try model.probability(of: window).bitPattern }
            #expect(threads == alone)
        }
        #expect(try model.probabilities(of: [], count: 0) == [])
    }

    @Test(
        "A probability is the sigmoid of the network's logit on scaled values, and missing values count as the median")
    func probability() throws {
        var random = SplitMix64(seed: 2)
        let scaler = try RobustScaler(centre: [1, 2, 3], scale: [2, 2, 2])
        let model = try SequenceClassifier(configuration, scaler: scaler)
        var window = random.floats(18)
        var pass = ForwardPass.prediction
        let logit = try model(Tensor(scaler(window), shape: [1, 6, 3]), &pass).item()
        let expected = try Tensor([logit], shape: [1]).sigmoid().item()
        #expect(abs(Double(try model.probability(of: window)) - expected) < 1e-6)
        window[4] = .nan
        let missing = try model.probability(of: window)
        window[4] = 2
        #expect(try model.probability(of: window) == missing)
    }

    @Test("It learns a planted edge that holds on other rows")
    func learns() throws {
        var training = try SequenceTraining(
            configuration, training: dataset(1500, seed: 1), validation: dataset(300, seed: 2))
        while !training.isFinished { try training.runEpoch() }
        let test = try dataset(800, seed: 3)
        let probabilities = try training.best().probabilities(
            of: test.windows(of: 0..<test.count), count: test.count)
        #expect(accuracy(probabilities, test.labels) > 0.9)
        let losses = training.history.compactMap(\.validationLoss)
        #expect(losses.count == 15)
        #expect(losses.min() == losses[try #require(training.bestEpoch) - 1])
    }

    @Test("On shuffled labels it stays at chance on other rows")
    func chance() throws {
        var configuration = configuration
        configuration.training.epochs = 5
        var training = try SequenceTraining(configuration, training: dataset(1500, seed: 1, shuffledBy: 7))
        while !training.isFinished { try training.runEpoch() }
        let test = try dataset(2000, seed: 3)
        let probabilities = try training.best().probabilities(
            of: test.windows(of: 0..<test.count), count: test.count)
        #expect(abs(accuracy(probabilities, test.labels) - 0.5) < 0.07)
    }

    @Test("A training that is stopped and resumed from its bytes ends with the same bits", arguments: [1, 3])
    func resume(after epochs: Int) throws {
        var configuration = configuration
        configuration.training.epochs = 4
        configuration.balanced = true
        let (rows, held) = (try dataset(200, seed: 1), try dataset(60, seed: 2))
        var straight = try SequenceTraining(configuration, training: rows, validation: held)
        while !straight.isFinished { try straight.runEpoch() }
        var first = try SequenceTraining(configuration, training: rows, validation: held)
        for _ in 0..<epochs { try first.runEpoch() }
        var second = try SequenceTraining(resuming: first.checkpoint(), training: rows, validation: held)
        while !second.isFinished { try second.runEpoch() }
        #expect(try second.best().bytes() == straight.best().bytes())
        #expect(try second.checkpoint() == straight.checkpoint())
        #expect(second.history == straight.history)
    }

    @Test("A checkpoint is refused for other samples")
    func foreignSamples() throws {
        let training = try SequenceTraining(configuration, training: dataset(50, seed: 1))
        let checkpoint = try training.checkpoint()
        #expect(throws: LearningError.self) {
            try SequenceTraining(resuming: checkpoint, training: dataset(50, seed: 2))
        }
        #expect(throws: LearningError.self) {
            try SequenceTraining(
                resuming: checkpoint, training: dataset(50, seed: 1), validation: dataset(50, seed: 2))
        }
    }

    @Test("A stored model predicts with the same bits and keeps configuration, scaler and text")
    func stored() throws {
        var random = SplitMix64(seed: 3)
        let scaler = try RobustScaler(centre: [0.1, 0.2, 0.3], scale: [1, 2, 3])
        let model = try SequenceClassifier(configuration, scaler: scaler)
        let bytes = try model.bytes(metadata: ["feature-set": "abc"])
        let loaded = try SequenceClassifier(bytes: bytes)
        let windows = random.floats(40 * 18)
        #expect(
            try loaded.probabilities(of: windows, count: 40) == model.probabilities(of: windows, count: 40))
        #expect(loaded.configuration == configuration)
        #expect(loaded.scaler == scaler)
        let file = try SafeTensors(bytes: bytes)
        #expect(file.metadata["feature-set"] == "abc")
        #expect(file["weights.lstm.weight_ih_l0"]?.shape == [64, 3])
        #expect(try SequenceClassifier(bytes: bytes).bytes(metadata: ["feature-set": "abc"]) == bytes)
        #expect(throws: LearningError.self) { try SequenceClassifier(bytes: SafeTensors().bytes()) }
        #expect(throws: LearningError.self) { try SequenceClassifier(bytes: Array(bytes.dropLast(4))) }
    }

    @Test("A model of the version before is refused with the reason, not misread")
    func formerVersion() throws {
        let current = "tidegate.sequence-classifier.v2"
        var file = try SafeTensors(bytes: SequenceClassifier(configuration).bytes())
        let description: String = try #require(file.metadata[current])
        file.metadata["tidegate.sequence-classifier.v1"] = description
        file.metadata[current] = nil
        let error = #expect(throws: LearningError.self) { try SequenceClassifier(bytes: file.bytes()) }
        #expect(error?.description.contains("sequence-classifier.v1, and only") == true)
    }

    @Test("The scaler is fitted to the rows in training windows and to no others")
    func scalerIsHonest() throws {
        var features: [Float] = Array(repeating: 1, count: 30)
        for row in 0..<30 { features[row] = Float(row) }
        let training = try SequenceDataset(
            features: features, columns: 1, window: 3, ends: [4, 5, 20], labels: [0, 1, 0])
        #expect(training.rowsInUse == [2, 3, 4, 5, 18, 19, 20])
        let session = try SequenceTraining(
            SequenceConfiguration(features: ["x"], window: 3, hidden: 2), training: training)
        #expect(try session.model.scaler == RobustScaler(centre: [5], scale: [15]))
    }

    @Test("Windows, labels and settings that do not fit are refused")
    func refused() throws {
        let rows = [Float](repeating: 0, count: 30)
        func dataset(_ columns: Int, _ window: Int, _ ends: [Int], _ labels: [Float]) throws {
            _ = try SequenceDataset(features: rows, columns: columns, window: window, ends: ends, labels: labels)
        }
        #expect(throws: LearningError.self) { try dataset(4, 2, [1], [0]) }
        #expect(throws: LearningError.self) { try dataset(3, 2, [0], [0]) }
        #expect(throws: LearningError.self) { try dataset(3, 2, [10], [0]) }
        #expect(throws: LearningError.self) { try dataset(3, 2, [1], [0, 1]) }
        #expect(throws: LearningError.self) { try dataset(3, 2, [1], [0.5]) }
        #expect(throws: LearningError.self) { try dataset(3, 0, [1], [1]) }
        try dataset(3, 2, [1, 9], [0, 1])
        let model = try SequenceClassifier(configuration)
        #expect(throws: LearningError.self) { try model.probabilities(of: [1, 2, 3], count: 1) }
        #expect(throws: LearningError.self) {
            try SequenceClassifier(configuration, scaler: RobustScaler(identity: 2))
        }
        #expect(throws: LearningError.self) { try SequenceClassifier(SequenceConfiguration(features: [])) }
        #expect(throws: LearningError.self) { try SequenceClassifier(SequenceConfiguration(features: ["a", "a"])) }
    }
}
