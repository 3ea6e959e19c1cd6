public import Tensor

/// Named arrays and some text: a file in Hugging Face's safetensors format, which holds numbers and nothing to execute.
///
/// Layout: the header's length (8 bytes, little-endian), a JSON header, the elements raw and little-endian, row-major.
/// https://huggingface.co/docs/safetensors
public struct SafeTensors: Sendable, Equatable {
    /// One array.
    public struct Entry: Sendable, Equatable {
        public let name: String
        public let type: Tensor.ElementType
        public let shape: [Int]
        /// The elements, raw.
        public let bytes: [UInt8]
    }

    /// The arrays, each name once.
    public private(set) var entries: [Entry] = []
    /// What the writer says about them.
    public var metadata: [String: String]

    public init(metadata: [String: String] = [:]) { self.metadata = metadata }

    /// The array called `name`, or `nil`.
    public subscript(name: String) -> Entry? { entries.first { $0.name == name } }

    /// Adds an entry whose name is new.
    mutating func append(_ entry: Entry) throws(LearningError) {
        guard entry.name != "__metadata__", self[entry.name] == nil else {
            throw .tensor(name: entry.name, reason: "cannot be added: the name is taken")
        }
        entries.append(entry)
    }
}

// MARK: - Tensors in and out

extension SafeTensors {
    /// Adds tensors, each as `prefix` + its name.
    public mutating func add(_ tensors: [NamedTensor], prefix: String = "") throws {
        for (name, tensor) in tensors {
            let bytes: [UInt8] =
                switch tensor.elementType {
                case .float32: rawBytes(try tensor.floats())
                case .float64: rawBytes(try tensor.doubles())
                case .int64: rawBytes(try tensor.integers())
                }
            try append(Entry(name: prefix + name, type: tensor.elementType, shape: tensor.shape, bytes: bytes))
        }
    }

    /// A new tensor with the elements of the array called `name`.
    public func tensor(named name: String) throws -> Tensor {
        guard let entry = self[name] else { throw LearningError.tensor(name: name, reason: "is missing") }
        return switch entry.type {
        case .float32: try Tensor(elements(of: entry.bytes) as [Float], shape: entry.shape)
        case .float64: try Tensor(elements(of: entry.bytes) as [Double], shape: entry.shape)
        case .int64: try Tensor(elements(of: entry.bytes) as [Int64], shape: entry.shape)
        }
    }

    /// Overwrites tensors by the arrays called `prefix` + their name.
    ///
    /// - Throws: ``LearningError/tensor(name:reason:)`` when one is missing, differs in shape or type, or when an array
    ///   with the prefix belongs to none of them. Nothing is overwritten then.
    public func assign(to tensors: [NamedTensor], prefix: String = "") throws {
        var unused = Set(entries.lazy.map(\.name).filter { $0.hasPrefix(prefix) })
        for (name, tensor) in tensors {
            let name = prefix + name
            guard let entry = self[name] else { throw LearningError.tensor(name: name, reason: "is missing") }
            guard entry.shape == tensor.shape, entry.type == tensor.elementType else {
                throw LearningError.tensor(
                    name: name,
                    reason: "is \(entry.type) \(entry.shape), expected \(tensor.elementType) \(tensor.shape)")
            }
            unused.remove(name)
        }
        if let name = unused.min() { throw LearningError.tensor(name: name, reason: "is not part of the model") }
        for (name, target) in tensors { try target.assign(tensor(named: prefix + name)) }
    }
}

private func rawBytes<Element>(_ elements: [Element]) -> [UInt8] {
    elements.withUnsafeBytes { Array($0) }
}

/// Copies raw bytes into numbers; their count is checked where an entry is made.
private func elements<Element: BitwiseCopyable>(of bytes: [UInt8]) -> [Element] {
    let count = bytes.count / MemoryLayout<Element>.stride
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes[..<(count * MemoryLayout<Element>.stride)])
        initialized = count
    }
}
