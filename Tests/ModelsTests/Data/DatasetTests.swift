import Features
import Market
import Models
import Schema
import Testing

@Suite("Dataset")
struct DatasetTests {
    private static let hour = Timeframe.hour1.nanoseconds

    private func labels(_ data: Dataset) -> [Int] { data.samples.map(\.answer.label) }

    @Test("A label says whether the next close is higher; equal closes count as not")
    func labels() {
        let prices = [10.0, 11, 11, 9, 12]
        let vectors = prices.enumerated().map { vector(hour: $0, price: $1, values: [Double($0)]) }
        let data = dataset(vectors)
        #expect(data.samples.map(\.row) == [0, 1, 2, 3])
        #expect(labels(data) == [1, 0, 0, 1])
        #expect(data.samples.map(\.answer.isUp) == [true, false, false, true])
        #expect(data.samples.map(\.span.start) == vectors.prefix(4).map(\.asOf))
        #expect(data.samples.map(\.span.end) == vectors.dropFirst().map(\.asOf))
        #expect((0..<5).map { data.rows[$0 * data.columns] } == [0, 1, 2, 3, 4])
        #expect(data.moments == vectors.map(\.asOf))
    }

    @Test("Before a hole in the data there is no sample, no instrument labels another, and windows are whole")
    func holes() {
        let vectors = [0, 1, 3, 4].flatMap { hour in
            [vector(ether, hour: hour, price: 100 - Double(hour)), vector(hour: hour, price: Double(hour + 1))]
        }
        // Rows 0…3 are bitcoin's, 4…7 ether's.
        #expect(dataset(vectors).samples.map(\.row) == [0, 4, 2, 6])
        #expect(labels(dataset(vectors)) == [1, 0, 1, 0])
        #expect(dataset(vectors, window: 3).samples.map(\.row) == [2, 6])
    }

    @Test("Vectors of another list of features are left out")
    func foreign() {
        let vectors = (0..<5).map { vector(hour: $0, price: Double($0 + 1)) }
        let foreign = FeatureVector(
            instrument: bitcoin, timeframe: .hour1, openTime: vectors[2].openTime, asOf: vectors[2].asOf,
            featureSet: FeatureSetID(1), referencePrice: 1, volatility: 1, values: [1])
        let plain = dataset(vectors)
        let mixed = Dataset(
            candles: plain.candles, vectors: vectors + [foreign], featureSet: featureSet, labelling: plain.labelling)
        #expect(mixed.rows == plain.rows && mixed.samples == plain.samples)
    }

    @Test("Windows end with their sample's row, and say when and of what they are")
    func inputs() {
        let vectors = (0..<4).flatMap { hour in
            [bitcoin, ether].map { vector($0, hour: hour, price: Double(hour + 1), values: [Double(hour)]) }
        }
        let data = dataset(vectors, window: 2)
        let inputs = data.inputs([1, 2])
        #expect(inputs.count == 2 && inputs.instruments == [ether, bitcoin])
        #expect(inputs.moments == [vector(hour: 1, price: 1).asOf, vector(hour: 2, price: 1).asOf])
        #expect((0..<4).map { inputs.windows[$0 * data.columns] } == [0, 1, 1, 2])
        #expect(data.inputs([1], length: 1).windows.first == 1)
    }

    @Test("Moves are told in five classes, barriers by which is touched, and both are judged as up or down")
    func labellings() {
        let prices = [100.0, 100.2, 99, 101, 101.1]
        let vectors = prices.enumerated().map { vector(hour: $0, price: $1) }
        let moves = dataset(vectors, labelling: .moves(after: Self.hour, bounds: .standard))
        #expect(moves.labelling.classes == 5 && labels(moves) == [2, 1, 4, 2])
        #expect(moves.samples.map(\.answer.isUp) == [true, false, true, true])
        let barriers = dataset(
            vectors,
            labelling: .barriers(TripleBarrier(upper: 0.005, lower: 0.005, unit: .fraction, horizon: 2 * Self.hour)))
        // The first falls below 99.5 in its second hour, the third rises at once; the fourth is not decided.
        #expect(barriers.samples.map(\.row) == [0, 1, 2] && labels(barriers) == [0, 0, 1])
        #expect(barriers.samples[0].span.end == vectors[2].asOf)
    }

    @Test("A barrier in multiples of the volatility is scaled to the time until the vertical one")
    func volatility() {
        // 50 % a year are 1.07 % over four hours; the price rises by 1 % an hour.
        let vectors = (0..<9).map { vector(hour: $0, price: 100 + Double($0)) }
        func touched(_ multiple: Double) -> Int64? {
            let barriers = TripleBarrier(upper: multiple, lower: nil, unit: .volatility, horizon: 4 * Self.hour)
            let sample = dataset(vectors, labelling: .barriers(barriers)).samples.first
            return sample.map { ($0.span.end.rawValue - $0.span.start.rawValue) / Self.hour }
        }
        #expect(touched(0.9) == 1 && touched(1.8) == 2 && touched(9) == 4)
    }

    // MARK: Parts

    @Test(
        "No learning of a part looks at a moment of a later one, nor a window after a test at what it tells",
        arguments: 0..<40)
    func parts(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let window = Int.random(in: 1...12, using: &random)
        let horizon = Int.random(in: 0...6, using: &random)
        let share = random.share() * 0.3
        var rows: [(instrument: Instrument, hour: Int)] = []
        for instrument in [bitcoin, ether] {
            var hour = 0
            while hour < 400 {
                rows.append((instrument, hour))
                hour += random.share() < share ? Int.random(in: 2...30, using: &random) : 1
            }
        }
        let vectors = rows.map { vector($0.instrument, hour: $0.hour, price: 1 + random.share()) }
        let order = try FittingOrder(ProbeKind.self, settings: #"{"window":\#(window),"horizon":\#(horizon)}"#)
        let data = dataset(vectors, for: order)
        // The test lies in the middle, so that training comes before and after it.
        let count = data.samples.count
        let test = Array(count / 3..<count / 2)
        let parts = data.parts(of: Array(data.samples.indices).filter { !test.contains($0) }, test: test)
        try #require(!parts.training.isEmpty && !parts.validation.isEmpty)
        #expect(
            Set(parts.training + parts.validation + test).count == parts.training.count + parts.validation.count
                + test.count)
        func learned(_ sample: Int) -> UnixNanos { data.spans[sample].end }
        let validated = parts.validation.map { data.spans[$0].start }.min()
        #expect(try #require(parts.training.map(learned).max()) < #require(validated))
        for sample in parts.training + parts.validation {
            let row = data.samples[sample].row
            let begin = data.moments[row - window + 1]
            for tested in test where data.spans[tested].start < data.spans[sample].start {
                #expect(begin > learned(tested), "window \(window), horizon \(horizon)")
            }
        }
    }

    @Test("Without holes and without a test nothing is left out but what the validation's moments are told by")
    func wholeParts() {
        let data = dataset((0..<301).map { vector(hour: $0, price: Double($0 + 1)) }, window: 8)
        let parts = data.parts(of: Array(data.samples.indices))
        // 293 samples: the newest 15 % begin at 249; the label of the one before is known as that begins.
        #expect(parts.training == Array(0..<248) && parts.validation == Array(249..<293))
        #expect(dataset([]).parts(of: []) == data.parts(of: []))
    }
}

/// A kind of which only the settings are of interest.
private enum ProbeKind: ModelKind {
    struct Settings: ModelSettings {
        var window = 1
        var horizon = 0
        func check() throws {}
    }

    static let name = "probe"
    static let summary = "nothing"
    static let settings = Settings()
    static let quickSettings = Settings()

    static func fit(_ task: FittingTask, _ settings: Settings, _ watch: FittingWatch) throws -> [UInt8] { [] }
    static func model(from bytes: [UInt8]) throws -> any DirectionModel { throw TrainingError.foreignCheckpoint }
}
