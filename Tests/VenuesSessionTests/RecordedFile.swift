import Foundation
import Market
import Schema
import TestKit
import Testing

/// The recordings of the shared data, as they lie there.
enum RecordedFile {
    /// Something received, with its time in nanoseconds, by the recorder's clock.
    struct Line {
        let time: UnixNanos
        let text: String

        var object: [String: Any] { get throws { try RecordedFile.object(text) } }
    }

    /// The first lines of a recording of hftbacktest: `<nanoseconds> <JSON>`.
    static func hftbacktest(_ name: String, lines count: Int) throws -> [Line] {
        try lines("data/ticks/hftbacktest_binance/\(name).gz", count).map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return Line(time: UnixNanos(try #require(Int64(parts[0]))), text: String(parts[1]))
        }
    }

    /// A recording of a websocket by cryptofeed: `<seconds>: <JSON>` for what came, other lines for what was sent.
    static func cryptofeed(_ name: String) throws -> [Line] {
        try lines("data/raw_messages/cryptofeed/\(name).gz").compactMap { line in
            guard let colon = line.firstIndex(of: ":"), let seconds = Double(line[..<colon]) else { return nil }
            return Line(time: UnixNanos(Int64(seconds * 1e9)), text: String(line[line.index(colon, offsetBy: 2)...]))
        }
    }

    /// The answers in a recording of requests by cryptofeed: `<url> -> <seconds>: <JSON>`.
    static func answers(cryptofeed name: String) throws -> [(url: String, body: String)] {
        try lines("data/raw_messages/cryptofeed/\(name).gz").compactMap { line in
            guard let arrow = line.range(of: " -> "),
                let colon = line.range(of: ": ", range: arrow.upperBound..<line.endIndex)
            else { return nil }
            return (String(line[..<arrow.lowerBound]), String(line[colon.upperBound...]))
        }
    }

    /// The bytes of a file.
    static func bytes(_ path: String) throws -> [UInt8] {
        let folder = try #require(SharedData.folder)
        return try GzipFile.contents(ofFile: folder.appendingPathComponent(path).path)
    }

    /// A moment written as `2021-04-17T16:43:37.089723Z`.
    static func moment(_ text: String) throws -> UnixNanos {
        let whole = try #require(UnixNanos(iso8601: String(text.prefix(19))))
        return whole.advanced(by: try nanoseconds(text.dropFirst(20).dropLast()))
    }

    /// A moment written as `1762795433.9717445`, in seconds.
    static func moment(seconds text: String) throws -> UnixNanos {
        let parts = text.split(separator: ".")
        let whole = UnixNanos(seconds: try #require(Int64(parts[0])))
        return whole.advanced(by: parts.count > 1 ? try nanoseconds(parts[1]) : 0)
    }

    private static func nanoseconds(_ fraction: Substring) throws -> Int64 {
        try #require(Int64((fraction + "000000000").prefix(9)))
    }

    static func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// Levels written as `[price, quantity, …]`.
    static func levels(_ value: Any?) -> [RecordedBook.Level] {
        (value as? [[Any]] ?? []).compactMap { row in
            guard row.count > 1, let price = row[0] as? String, let quantity = row[1] as? String else { return nil }
            return RecordedBook.Level(price, quantity)
        }
    }

    private static func lines(_ path: String, _ count: Int = .max - 1) throws -> [String] {
        try bytes(path).split(separator: UInt8(ascii: "\n"), maxSplits: count).prefix(count).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}

extension RecordedBook {
    /// The sides as `[["price","quantity"],…]`.
    static func rows(_ levels: some Sequence<Level>) -> String {
        "[\(levels.map { "[\"\($0.price)\",\"\($0.quantity)\"]" }.joined(separator: ","))]"
    }

    /// What a session gives of the book.
    func best() throws -> (bids: [BookLevel], asks: [BookLevel]) {
        func levels(_ side: [Level]) throws -> [BookLevel] {
            try side.prefix(Book.depth).map {
                try BookLevel(price: $0.value, quantity: try #require(Double($0.quantity)))
            }
        }
        return (try levels(bids), try levels(asks))
    }
}

extension FakeVenue.Reply {
    /// An answer with the venue's own time, which a client reads in whole seconds.
    static func dated(_ time: UnixNanos, _ text: String) -> Self {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let date = format.string(from: Date(timeIntervalSince1970: Double(time.milliseconds / 1000)))
        return FakeVenue.Reply(200, headers: [("Date", date), ("Content-Type", "application/json")], text)
    }
}
