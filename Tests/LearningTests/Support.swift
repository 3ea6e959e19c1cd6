import Dispatch
import Foundation
import Learning
import Schema
import Synchronization
import Tensor
import TestKit
import Testing

/// Reference results of PyTorch and XGBoost.
struct Golden {
    private let fields: [String: Any]

    /// Whether the suites that need them must run: on CI their absence is a failure.
    static var isWanted: Bool { SharedData.folder != nil || SharedData.required }

    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = try #require(SharedData.folder, "the folder with the golden files is absent")
        return Array(try Data(contentsOf: folder.appending(path: "golden/\(name)")))
    }

    init(_ name: String) throws { try self.init(bytes: Golden.bytes(name)) }

    /// A file of our own, written by the script beside it.
    init(fixture name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
        try self.init(bytes: Array(Data(contentsOf: file)))
    }

    private init(bytes: [UInt8]) throws {
        fields = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    private init(_ fields: [String: Any]) { self.fields = fields }

    subscript(_ key: String) -> Golden {
        get throws { Golden(try #require(fields[key] as? [String: Any], "no object \(key)")) }
    }

    func objects(_ key: String) throws -> [Golden] {
        try #require(fields[key] as? [[String: Any]], "no list \(key)").map(Golden.init)
    }

    func number(_ key: String) throws -> Double { try #require(fields[key] as? Double, "no number \(key)") }
    func numbers(_ key: String) throws -> [Double] { try #require(fields[key] as? [Double], "no numbers \(key)") }
    func rows(_ key: String) throws -> [[Double]] { try #require(fields[key] as? [[Double]], "no rows \(key)") }

    /// A number, a list of numbers or rows of them, row-major.
    func numberList(_ key: String) throws -> [Double] {
        if let number = fields[key] as? Double { return [number] }
        return try fields[key] as? [Double] ?? rows(key).flatMap { $0 }
    }

    func text(_ key: String) throws -> String { try #require(fields[key] as? String, "no text \(key)") }

    /// The names of the fields, sorted.
    var keys: [String] { fields.keys.sorted() }

    /// A `{"shape", "dtype", "data"}` object, of its own element type.
    func tensor(_ key: String) throws -> Tensor {
        let object = try self[key]
        let (numbers, shape) = (try object.numbers("data"), try object.numbers("shape").map { Int($0) })
        return switch try object.text("dtype") {
        case "float64": try Tensor(numbers, shape: shape)
        case "int64": try Tensor(numbers.map { Int64($0) }, shape: shape)
        default: try Tensor(numbers.map { Float($0) }, shape: shape)
        }
    }

    /// All tensors under a key, as a file that layers load by name.
    func state(_ key: String) throws -> SafeTensors {
        let tensors = try self[key]
        var file = SafeTensors()
        try file.add(tensors.keys.map { ($0, try tensors.tensor($0)) })
        return file
    }
}

/// The largest distance between two lists of numbers, infinite when their lengths differ.
func largestGap(_ left: [Double], _ right: [Double]) -> Double {
    guard left.count == right.count else { return .infinity }
    return zip(left, right).reduce(0) { gap, pair in
        let distance = abs(pair.0 - pair.1)
        return distance.isNaN ? .infinity : max(gap, distance)
    }
}

func largestGap(_ left: Tensor, _ right: Tensor) throws -> Double {
    left.shape == right.shape ? largestGap(try left.doubles(), try right.doubles()) : .infinity
}

extension SplitMix64 {
    /// A number in -1 ..< 1.
    mutating func number() -> Double { Double(Int64(bitPattern: next())) * 0x1p-63 }
    mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in Float(number()) } }
    mutating func doubles(_ count: Int) -> [Double] { (0..<count).map { _ in number() } }
}

/// Rows with a planted edge: the label is the sign of a linear rule over the columns.
func plantedRows(_ count: Int, columns: Int, seed: UInt64) -> (rows: [Float], labels: [Float]) {
    var random = SplitMix64(seed: seed)
    let rows = random.floats(count * columns)
    let labels = (0..<count).map { row -> Float in
        let score = (0..<columns).reduce(Float(0)) { $0 + rows[row * columns + $1] * ($1.isMultiple(of: 2) ? 1 : -0.5) }
        return score > 0 ? 1 : 0
    }
    return (rows, labels)
}

/// The share of probabilities on the right side of one half.
func accuracy(_ probabilities: [Float], _ labels: [Float]) -> Double {
    Double(zip(probabilities, labels).count { ($0 > 0.5) == ($1 == 1) }) / Double(labels.count)
}

/// The labels in another order, so that nothing is left to learn.
func shuffled(_ labels: [Float], seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return randomOrder(labels.count, using: &random).map { labels[$0] }
}

/// Runs `body` for 0..<count at once, each on a thread of its own, and gives what came of each.
func onThreads<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Value
) -> [Result<Value, any Error>] {
    let results = Mutex([Int: Result<Value, any Error>]())
    let all = DispatchGroup()
    for number in 0..<count {
        all.enter()
        Thread.detachNewThread {
            let result = Result { try body(number) }
            results.withLock { $0[number] = result }
            all.leave()
        }
    }
    all.wait()
    // Each thread has left its result.
    return results.withLock { found in (0..<count).map { found[$0]! } }
}
