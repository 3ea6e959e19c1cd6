internal import Foundation
internal import Tensor

extension Tensor.ElementType {
    /// The format's name of the type.
    var code: String {
        switch self {
        case .float32: "F32"
        case .float64: "F64"
        case .int64: "I64"
        }
    }

    /// The bytes of one element.
    var size: Int { self == .float32 ? 4 : 8 }
}

/// One array in the header, with the format's own keys.
private struct Description: Codable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
}

/// A value in the header: an array's description, or under `__metadata__` plain text.
private enum HeaderValue: Codable {
    case tensor(Description)
    case metadata([String: String])

    init(from decoder: any Decoder) throws {
        if decoder.codingPath.last?.stringValue == "__metadata__" {
            self = .metadata(try [String: String](from: decoder))
        } else {
            self = .tensor(try Description(from: decoder))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .tensor(let description): try description.encode(to: encoder)
        case .metadata(let metadata): try metadata.encode(to: encoder)
        }
    }
}

extension SafeTensors {
    /// The longest header that is read, as in the reference implementation.
    static let longestHeader = 100_000_000

    /// Reads a file.
    ///
    /// - Throws: ``LearningError/safeTensors(_:)`` unless the arrays fill the data exactly, without hole or overlap.
    public init(bytes: [UInt8]) throws(LearningError) {
        guard bytes.count >= 8 else { throw .safeTensors("\(bytes.count) bytes are too few") }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Self.longestHeader, Int(length) <= bytes.count - 8 else {
            throw .safeTensors("a header of \(length) bytes does not fit into \(bytes.count)")
        }
        let start = 8 + Int(length)
        guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else { throw .safeTensors("the header is no JSON object") }
        let header: [String: HeaderValue]
        do {
            header = try JSONDecoder().decode([String: HeaderValue].self, from: Data(bytes[8..<start]))
        } catch {
            throw .safeTensors("the header is no list of arrays")
        }
        self.init()
        var arrays: [(name: String, description: Description)] = []
        for (name, value) in header {
            switch value {
            case .metadata(let metadata): self.metadata = metadata
            case .tensor(let description): arrays.append((name, description))
            }
        }
        // By position, then empty arrays first, then by name, so that the order does not depend on the dictionary.
        for (_, description) in arrays where description.data_offsets.count != 2 {
            throw .safeTensors("an array needs two offsets")
        }
        arrays.sort { ($0.description.data_offsets, $0.name) < ($1.description.data_offsets, $1.name) }
        var end = 0
        for (name, description) in arrays {
            try append(Self.entry(name, description, in: bytes[start...], at: end))
            end = description.data_offsets[1]
        }
        guard start + end == bytes.count else {
            throw .safeTensors("\(bytes.count - start - end) bytes after the last array")
        }
    }

    private static func entry(
        _ name: String, _ description: Description, in data: ArraySlice<UInt8>, at expected: Int
    ) throws(LearningError) -> Entry {
        guard let type = Tensor.ElementType.allCases.first(where: { $0.code == description.dtype }) else {
            throw .tensor(name: name, reason: "has the element type \(description.dtype.prefix(16))")
        }
        var size = type.size
        for dimension in description.shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
            guard dimension >= 0, !overflow else { throw .tensor(name: name, reason: "has an impossible shape") }
            size = product
        }
        let (begin, end) = (description.data_offsets[0], description.data_offsets[1])
        guard begin == expected, end >= begin, end - begin == size, end <= data.count else {
            throw .tensor(name: name, reason: "has offsets \(begin) to \(end), which its shape or the file contradicts")
        }
        let bytes = Array(data[(data.startIndex + begin)..<(data.startIndex + end)])
        return Entry(name: name, type: type, shape: description.shape, bytes: bytes)
    }

    /// The file: wide elements first, then by name, so that equal contents give equal bytes.
    public func bytes() throws(LearningError) -> [UInt8] {
        let sorted = entries.sorted { ($1.type.size, $0.name) < ($0.type.size, $1.name) }
        var header: [String: HeaderValue] = metadata.isEmpty ? [:] : ["__metadata__": .metadata(metadata)]
        var end = 0
        for entry in sorted {
            let offsets = [end, end + entry.bytes.count]
            header[entry.name] = .tensor(
                Description(dtype: entry.type.code, shape: entry.shape, data_offsets: offsets))
            end += entry.bytes.count
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text: [UInt8]
        do {
            text = Array(try encoder.encode(header))
        } catch {
            throw .safeTensors("the header cannot be written: \(error)")
        }
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
        var file: [UInt8] = []
        file.reserveCapacity(8 + text.count + end)
        for byte in 0..<8 { file.append(UInt8(truncatingIfNeeded: text.count >> (8 * byte))) }
        file.append(contentsOf: text)
        for entry in sorted { file.append(contentsOf: entry.bytes) }
        return file
    }
}

/// Orders offset pairs by their numbers.
private func < (left: ([Int], String), right: ([Int], String)) -> Bool {
    left.0 == right.0 ? left.1 < right.1 : left.0.lexicographicallyPrecedes(right.0)
}
