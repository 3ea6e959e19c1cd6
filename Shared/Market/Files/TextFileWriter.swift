internal import CZlib

/// Writes a file of text, gzip-compressed where the path ends in `.gz`.
///
/// What is written is the caller's only once ``close()`` has returned. Not `Sendable`: one task writes a file.
public final class TextFileWriter {
    private let path: String
    private let handle: gzFile
    private var text = ""
    private var isOpen = true

    /// Begins a file, which replaces what stands at `path`.
    ///
    /// - Throws: ``MarketError/unwritable(path:)``.
    public init(path: String) throws(MarketError) {
        // "T" writes without compression.
        guard let handle = gzopen(path, path.hasSuffix(".gz") ? "wb6" : "wbT") else { throw .unwritable(path: path) }
        (self.path, self.handle) = (path, handle)
    }

    deinit { if isOpen { gzclose_w(handle) } }

    /// - Throws: ``MarketError/unwritable(path:)``, for example when the disk is full.
    public func write(_ more: String) throws(MarketError) {
        text += more
        if text.utf8.count > 1 << 16 { try flush() }
    }

    /// Ends the file.
    ///
    /// - Throws: ``MarketError/unwritable(path:)``.
    public func close() throws(MarketError) {
        try flush()
        isOpen = false
        guard gzclose_w(handle) == Z_OK else { throw .unwritable(path: path) }
    }

    private func flush() throws(MarketError) {
        defer { text.removeAll(keepingCapacity: true) }
        let written = text.withUTF8 { gzwrite(handle, $0.baseAddress, UInt32($0.count)) }
        guard written > 0 || text.isEmpty else { throw .unwritable(path: path) }
    }
}
