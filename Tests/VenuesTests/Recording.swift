import Foundation
import Market
import Schema
import TestKit
import Testing
import Venues

/// What was recorded at a venue's connection: the messages in order, each with the time of its receipt.
struct Recording {
    struct Message {
        let receivedAt: UnixNanos
        let bytes: [UInt8]
    }

    let messages: [Message]

    /// Reads a recording of cryptofeed: `<seconds>: <JSON>` for what came, other lines for what was sent.
    init(cryptofeed name: String) throws {
        messages = try Self.lines("data/raw_messages/cryptofeed/\(name).gz").compactMap { line in
            guard line.first.map({ (0x30...0x39).contains($0) }) == true,
                let colon = line.firstIndex(of: UInt8(ascii: ":")),
                let seconds = Double(String(decoding: line[..<colon], as: UTF8.self))
            else { return nil }
            return Message(receivedAt: UnixNanos(Int64(seconds * 1e9)), bytes: Array(line[(colon + 2)...]))
        }
    }

    /// Reads a recording of hftbacktest: `<nanoseconds> <JSON>`.
    init(hftbacktest name: String) throws {
        messages = try Self.lines("data/ticks/hftbacktest_binance/\(name).gz").map { line in
            let space = try #require(line.firstIndex(of: UInt8(ascii: " ")))
            let nanoseconds = try #require(Int64(String(decoding: line[..<space], as: UTF8.self)))
            return Message(receivedAt: UnixNanos(nanoseconds), bytes: Array(line[(space + 1)...]))
        }
    }

    /// The JSON answers in a recording of requests: `<url> -> <seconds>: <JSON>`.
    static func answers(cryptofeed name: String) throws -> [(url: String, body: [UInt8])] {
        try lines("data/raw_messages/cryptofeed/\(name).gz").compactMap { line in
            let text = String(decoding: line, as: UTF8.self)
            guard let arrow = text.range(of: " -> "),
                let colon = text.range(of: ": ", range: arrow.upperBound..<text.endIndex)
            else { return nil }
            return (String(text[..<arrow.lowerBound]), Array(text[colon.upperBound...].utf8))
        }
    }

    /// The bytes of a file of the shared data.
    static func file(_ path: String) throws -> [UInt8] {
        let folder = try #require(SharedData.folder)
        return try GzipFile.contents(ofFile: folder.appendingPathComponent(path).path)
    }

    private static func lines(_ path: String) throws -> [ArraySlice<UInt8>] {
        try file(path).split(separator: UInt8(ascii: "\n"))
    }
}

/// How often each kind of thing came out of a recording; what was refused counts by its name.
struct EventCounts: Equatable, CustomStringConvertible {
    private(set) var counts: [String: Int] = [:]
    private(set) var messages = 0

    init() {}
    init(messages: Int, _ counts: [String: Int]) { (self.messages, self.counts) = (messages, counts) }

    mutating func add(_ events: [VenueEvent]) {
        messages += 1
        for event in events { counts[Self.name(event), default: 0] += 1 }
    }

    mutating func add(_ error: VenueMessageError) {
        messages += 1
        let name =
            switch error {
            case .unclaimed(let type): "unclaimed \(type)"
            case .unknownSymbol(let symbol): "unknown symbol \(symbol)"
            case .malformed: "malformed"
            }
        counts[name, default: 0] += 1
    }

    var description: String {
        "\(messages) messages: "
            + counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    private static func name(_ event: VenueEvent) -> String {
        switch event {
        case .trade: "trade"
        case .quote: "quote"
        case .depthSnapshot: "snapshot"
        case .depthUpdate: "update"
        case .candle: "candle"
        case .sideValue(let value): value.series.rawValue
        case .fundingForecast: "funding forecast"
        case .subscribed: "subscribed"
        case .unsubscribed: "unsubscribed"
        case .subscriptionRefused: "subscription refused"
        case .heartbeat: "heartbeat"
        case .status: "status"
        }
    }
}

extension VenueFeed {
    /// What a recording says, message by message, and how often.
    func read(_ recording: Recording) -> (messages: [VenueMessage], counts: EventCounts) {
        var counts = EventCounts()
        var read: [VenueMessage] = []
        for message in recording.messages {
            do throws(VenueMessageError) {
                let decoded = try decode(message.bytes, receivedAt: message.receivedAt)
                counts.add(decoded.events)
                read.append(decoded)
            } catch {
                counts.add(error)
            }
        }
        return (read, counts)
    }
}
