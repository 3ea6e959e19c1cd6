import Models
import Schema
import Testing

@Suite("Direction dataset")
struct DirectionDatasetTests {
    @Test("A label says whether the next close is higher; equal closes count as not")
    func labels() {
        let prices = [10.0, 11, 11, 9, 12]
        let data = DirectionDataset(
            prices.enumerated().map { vector(hour: $0, price: $1, values: [Double($0)]) }, featureSet: featureSet)
        #expect(data.samples.map(\.row) == [0, 1, 2, 3])
        #expect(data.labels == [1, 0, 0, 1])
        #expect(data.depths == [0, 1, 2, 3])
        #expect(data.samples.map(\.asOf) == (0..<4).map { vector(hour: $0, price: 1).asOf })
        #expect((0..<5).map { data.rows[$0 * data.columns] } == [0, 1, 2, 3, 4])
        #expect(data.moments == (0..<5).map { vector(hour: $0, price: 1).asOf })
    }

    @Test("Before a hole in the data there is no sample, and no instrument labels another")
    func holes() {
        let hours = [0, 1, 3, 4]
        let vectors = hours.flatMap { hour in
            [vector(ether, hour: hour, price: 100 - Double(hour)), vector(hour: hour, price: Double(hour))]
        }
        let data = DirectionDataset(vectors, featureSet: featureSet)
        // Rows 0…3 are bitcoin's, 4…7 ether's.
        #expect(data.samples.map(\.row) == [0, 4, 2, 6])
        #expect(data.labels == [1, 0, 1, 0])
        #expect(data.depths == [0, 0, 2, 2])
    }

    @Test("Vectors of another list of features are left out")
    func foreign() {
        let vectors = (0..<5).map { vector(hour: $0, price: Double($0)) }
        var mixed = vectors
        mixed.insert(
            FeatureVector(
                instrument: bitcoin, timeframe: .hour1, openTime: vectors[2].openTime, asOf: vectors[2].asOf,
                featureSet: FeatureSetID(1), referencePrice: 1, volatility: 1, values: [1]), at: 2)
        let (plain, filtered) = (
            DirectionDataset(vectors, featureSet: featureSet), DirectionDataset(mixed, featureSet: featureSet)
        )
        #expect(filtered.labels == plain.labels && filtered.rows == plain.rows)
    }

    @Test(
        "Parts do not overlap, and no label of an earlier part is known after a later window begins", arguments: 0..<40)
    func split(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let window = Int.random(in: 1...12, using: &random)
        let gap = window + 1
        let share = random.share() * 0.3
        let hours = Int.random(in: 200...600, using: &random)
        var rows: [(instrument: Instrument, hour: Int)] = []
        for instrument in [bitcoin, ether] {
            var hour = 0
            while hour < hours {
                rows.append((instrument, hour))
                hour += random.share() < share ? Int.random(in: 2...30, using: &random) : 1
            }
        }
        let vectors = rows.map { vector($0.instrument, hour: $0.hour, price: random.share()) }
        let data = DirectionDataset(
            vectors.sorted { ($0.asOf, $0.instrument) < ($1.asOf, $1.instrument) },
            featureSet: featureSet)
        let split = data.split(gap: gap, window: window)
        guard !split.training.isEmpty else { return }
        let parts = [split.training, split.validation, split.test]
        #expect(Set(parts.joined()).count == parts.joined().count)
        // In hours: a sample's row closes at `hour + 1`, its label is known one later.
        func windowBegin(_ sample: Int) -> Int { rows[data.samples[sample].row - window + 1].hour + 1 }
        func labelKnown(_ sample: Int) -> Int { rows[data.samples[sample].row].hour + 2 }
        for sample in parts.joined() {
            let row = data.samples[sample].row
            #expect(row - window + 1 >= 0 && rows[row - window + 1].instrument == rows[row].instrument)
        }
        for (early, late) in [(0, 1), (0, 2), (1, 2)] {
            guard let last = parts[early].map(labelKnown).max(), let first = parts[late].map(windowBegin).min() else {
                continue
            }
            #expect(last < first, "parts \(early) and \(late), window \(window)")
        }
        let moments = Array(Set(data.samples.map(\.asOf))).sorted()
        for (early, late) in [(split.training, split.validation), (split.validation, split.test)] {
            guard let last = early.last, let first = late.first else { continue }
            let distance =
                try #require(moments.firstIndex(of: data.samples[first].asOf))
                - (try #require(moments.firstIndex(of: data.samples[last].asOf)))
            #expect(distance > gap)
        }
    }

    @Test("Without holes nothing but the gaps is left out")
    func wholeSplit() {
        let data = DirectionDataset((0..<301).map { vector(hour: $0, price: Double($0)) }, featureSet: featureSet)
        let split = data.split(gap: 9, window: 8)
        // 300 samples: the test's begin at 240, the validation's at 204; the first seven have no whole window.
        #expect(split.training == Array(7..<195))
        #expect(split.validation == Array(204..<231))
        #expect(split.test == Array(240..<300))
    }

    @Test("Too few moments give empty parts")
    func tooFew() {
        let data = DirectionDataset((0..<20).map { vector(hour: $0, price: Double($0)) }, featureSet: featureSet)
        let split = data.split(gap: 9, window: 8)
        #expect(split.training.isEmpty && split.validation.isEmpty && split.test.isEmpty)
    }
}
