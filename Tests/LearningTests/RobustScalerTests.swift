import Foundation
import Learning
import Testing

@Suite("Robust scaler")
struct RobustScalerTests {
    /// A column, and what scikit-learn makes of it when it is fitted to the first of its values.
    private struct Reference: Decodable {
        let name: String
        let fitted: Int
        let values: [Float?]
        let centre: Double
        let scale: Double
        let scaled: [Double?]
    }

    @Test("Centres, scales and scaled values are those of scikit-learn, and a missing value is 0")
    func golden() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/robust-scaler.json")
        let references = try JSONDecoder().decode([Reference].self, from: Data(contentsOf: file))
        #expect(references.count == 48)
        func isNear(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
            abs(value - expected) <= tolerance * abs(expected)
        }
        var worst = 0.0
        for reference in references {
            let (name, values) = ("\(reference.name), \(reference.fitted)", reference.values.map { $0 ?? .nan })
            let scaler = RobustScaler(fitting: values, columns: 1, rows: 0..<reference.fitted)
            #expect(isNear(scaler.centre[0], reference.centre, 1e-12), "\(name)")
            #expect(isNear(scaler.scale[0], reference.scale, 1e-12), "\(name)")
            worst = max(worst, abs(scaler.scale[0] / reference.scale - 1))
            for (value, expected) in zip(scaler(values), reference.scaled) {
                #expect(isNear(Double(value), expected ?? 0, 0x1p-23), "\(name)")
            }
        }
        print("robust scaler: \(references.count) columns, worst scale \(worst)")
    }

    @Test("Columns are scaled each for itself, in rows")
    func columns() throws {
        let values: [Float] = [1, 10, 7, 2, .nan, 7, 3, 30, 7, 4, 50, 7, 100, 1000, .infinity]
        let scaler = RobustScaler(fitting: values, columns: 3, rows: 0..<4)
        #expect(try scaler == RobustScaler(centre: [2.5, 30, 7], scale: [1.5, 20, 1]))
        let third: Float = 1 / 3
        let scaled: [Float] = [-1, -1, 0, -third, 0, 0, third, 0, 0, 1, 1, 0, 65, 48.5, 0]
        #expect(scaler(values) == scaled)
    }

    @Test("Infinite values are missing ones, and a column without any other value is left as it is")
    func missing() throws {
        let values: [Float] = [.infinity, .nan, 1, -.infinity, 3, .nan, 2, .infinity]
        let scaler = RobustScaler(fitting: values, columns: 1, rows: values.indices)
        #expect(try scaler == RobustScaler(centre: [2], scale: [1]))
        #expect(scaler(values) == [0, 0, -1, 0, 1, 0, 0, 0])
        let empty = RobustScaler(fitting: [.nan, .infinity], columns: 1, rows: 0..<2)
        #expect(empty == RobustScaler(identity: 1) && empty([5, .nan]) == [5, 0])
        #expect(RobustScaler(fitting: [], columns: 2, rows: 0..<0) == RobustScaler(identity: 2))
    }

    @Test("What is too large for a number when it is scaled is missing too")
    func overflow() throws {
        let scaler = try RobustScaler(centre: [0], scale: [1e-9])
        #expect(scaler([1e38, 1]) == [0, 1e9])
    }

    @Test("Rows outside the fit have no part in it")
    func honest() {
        var values: [Float] = [1, 2, 3, 4]
        let before = RobustScaler(fitting: values, columns: 1, rows: 0..<3)
        values[3] = 1e9
        #expect(RobustScaler(fitting: values, columns: 1, rows: 0..<3) == before)
        #expect(RobustScaler(fitting: values, columns: 1, rows: 0..<4) != before)
    }

    @Test("A scaler with a scale of zero, or lists of different length, is refused")
    func refused() {
        #expect(throws: LearningError.self) { try RobustScaler(centre: [0], scale: [0]) }
        #expect(throws: LearningError.self) { try RobustScaler(centre: [0], scale: [.infinity]) }
        #expect(throws: LearningError.self) { try RobustScaler(centre: [0, 1], scale: [1]) }
        #expect(throws: LearningError.self) { try RobustScaler(centre: [.nan], scale: [1]) }
    }
}
