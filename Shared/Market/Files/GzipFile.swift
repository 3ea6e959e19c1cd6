internal import CZlib

/// Reads a gzip-compressed file; a file that is not compressed is read as it is.
public final class GzipFile: ByteSource {
    public let name: String
    private let handle: gzFile

    /// - Throws: ``MarketError/file(path:reason:)`` when it cannot be opened.
    public init(path: String) throws(MarketError) {
        guard let handle = gzopen(path, "rb") else { throw .file(path: path, reason: "it cannot be opened") }
        self.handle = handle
        name = path
    }

    deinit { gzclose_r(handle) }

    /// - Throws: ``MarketError/file(path:reason:)`` when the file is damaged or cut off.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(MarketError) -> Int {
        let count = gzread(handle, buffer.baseAddress, UInt32(clamping: min(buffer.count, 1 << 30)))
        // At the end, zlib tells a file that was cut off only when it is asked.
        if count <= 0 {
            var code: Int32 = Z_OK
            let text = gzerror(handle, &code)
            guard count == 0, code == Z_OK || code == Z_STREAM_END else {
                let reason = text.map { String(cString: $0) } ?? ""
                throw .file(path: name, reason: reason.isEmpty ? "zlib error \(code)" : reason)
            }
        }
        return Int(count)
    }

    /// The whole content.
    public static func contents(ofFile path: String) throws(MarketError) -> [UInt8] {
        let file = try GzipFile(path: path)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var count = 0
            do { count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) } } catch let error as MarketError {
                throw error
            } catch { throw .file(path: path, reason: "\(error)") }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }
}
