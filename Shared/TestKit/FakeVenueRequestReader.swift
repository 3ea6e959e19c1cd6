internal import Foundation

/// Reads HTTP/1.1 requests off a connection, one after the other.
struct FakeRequestReader {
    /// Reads into a buffer; the number of bytes read, zero or less at the end.
    let read: (UnsafeMutableRawBufferPointer) -> Int
    private var pending: [UInt8] = []

    init(read: @escaping (UnsafeMutableRawBufferPointer) -> Int) { self.read = read }

    /// The next request, or `nil` when the connection ends or speaks something else.
    mutating func next() -> FakeVenue.Request? {
        var headEnd = pending.endOfHead
        while headEnd == nil {
            guard more() else { return nil }
            headEnd = pending.endOfHead
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: pending[..<headEnd], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3, let target = URLComponents(string: String(words[1])) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            headers[line[..<colon].lowercased()] =
                String(line[line.index(after: colon)...]).trimmingCharacters(in: .whitespaces)
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        while pending.count < headEnd + length { guard more() else { return nil } }
        let body = Array(pending[headEnd..<headEnd + length])
        pending.removeFirst(headEnd + length)
        let query = (target.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        return FakeVenue.Request(
            method: String(words[0]), path: target.path, query: Dictionary(query) { first, _ in first },
            headers: headers, body: body)
    }

    private mutating func more() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = buffer.withUnsafeMutableBytes { read($0) }
        guard count > 0 else { return false }
        pending += buffer[..<count]
        return true
    }
}

extension [UInt8] {
    /// The index after the blank line that ends a request's head.
    fileprivate var endOfHead: Int? {
        guard count >= 4 else { return nil }
        return (4...count).first { Array(self[($0 - 4)..<$0]) == [13, 10, 13, 10] }
    }
}
