/// Bytes that come one chunk after the other.
public protocol ByteSource {
    /// What it is, for error messages: a path.
    var name: String { get }

    /// Fills the buffer from its start; 0 is the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(MarketError) -> Int
}

/// Bytes in memory.
public final class MemoryBytes: ByteSource {
    public let name: String
    private let bytes: [UInt8]
    private var offset = 0

    public init(_ bytes: [UInt8], name: String) { (self.bytes, self.name) = (bytes, name) }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(MarketError) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        guard count > 0 else { return 0 }
        bytes.withUnsafeBytes { all in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[offset..<offset + count]))
        }
        offset += count
        return count
    }
}
