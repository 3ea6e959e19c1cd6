#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Gives the lines of a source one by one, without making strings.
struct LineReader {
    private let source: any ByteSource
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    /// The number of the line given last, from 1 on.
    private(set) var line = 0

    init(_ source: any ByteSource, capacity: Int = 1 << 16) {
        self.source = source
        buffer = [UInt8](repeating: 0, count: capacity)
    }

    var name: String { source.name }

    /// Calls `body` with the next line, without its line end; `nil` after the last.
    mutating func next<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) throws(MarketError) -> Result? {
        var scanned = start
        while true {
            let newline = buffer.withUnsafeBytes { bytes -> Int? in
                // The buffer is never empty, so it has an address.
                let base = bytes.baseAddress!
                guard let found = memchr(base + scanned, Int32(UInt8(ascii: "\n")), end - scanned) else { return nil }
                return UnsafeRawPointer(found) - base
            }
            if let newline { return take(upTo: newline, next: newline + 1, body) }
            if isAtEnd { return start < end ? take(upTo: end, next: end, body) : nil }
            scanned = end - start
            try refill()
            scanned += start
        }
    }

    private mutating func take<Result>(
        upTo limit: Int, next: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        defer { start = next }
        line += 1
        return buffer.withUnsafeBufferPointer { bytes in
            let hasReturn = limit > start && bytes[limit - 1] == UInt8(ascii: "\r")
            return body(UnsafeBufferPointer(rebasing: bytes[start..<(hasReturn ? limit - 1 : limit)]))
        }
    }

    /// Moves the unread rest to the front and reads behind it; a line longer than the buffer makes it grow.
    private mutating func refill() throws(MarketError) {
        if start > 0 {
            let count = end - start
            buffer.withUnsafeMutableBytes { [start, end] bytes in
                UnsafeMutableRawBufferPointer(rebasing: bytes[0..<count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            }
            (start, end) = (0, count)
        }
        if end == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
        let outcome = buffer.withUnsafeMutableBytes { [source, end] bytes in
            Result { () throws(MarketError) in
                try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
            }
        }
        let count = try outcome.get()
        isAtEnd = count == 0
        end += count
    }
}
