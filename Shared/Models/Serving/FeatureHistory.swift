internal import Foundation
internal import Schema

/// The newest rows of features of an instrument, oldest first.
struct FeatureHistory: Sendable, Equatable {
    let featureSet: FeatureSetID
    /// All of one width.
    var rows: [[Float]] = []
}

/// Stored as one block of bytes, four a number, the lowest first: hundreds of instruments have millions of numbers.
///
/// Builds of before stored the rows as lists of numbers. Those are read too; such a build finds no rows in what is written
/// here, and begins with none.
extension FeatureHistory: Codable {
    private enum Key: String, CodingKey { case featureSet, rows, width, packed }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        featureSet = try values.decode(FeatureSetID.self, forKey: .featureSet)
        guard let packed = try values.decodeIfPresent(Data.self, forKey: .packed) else {
            rows = try values.decode([[Float]].self, forKey: .rows)
            return
        }
        let width = try values.decode(Int.self, forKey: .width)
        guard packed.isEmpty || width > 0 && packed.count.isMultiple(of: 4 * width) else {
            throw DecodingError.dataCorruptedError(
                forKey: .packed, in: values, debugDescription: "\(packed.count) bytes are no rows of \(width)")
        }
        let bytes = [UInt8](packed)
        let numbers = stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        }
        rows = stride(from: 0, to: numbers.count, by: max(width, 1)).map { Array(numbers[$0..<$0 + width]) }
    }

    func encode(to encoder: any Encoder) throws {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count * (rows.first?.count ?? 0) * 4)
        for number in rows.joined() {
            for place in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32(place)))) }
        }
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(featureSet, forKey: .featureSet)
        try values.encode([[Float]](), forKey: .rows)
        try values.encode(rows.first?.count ?? 0, forKey: .width)
        try values.encode(Data(bytes), forKey: .packed)
    }
}
