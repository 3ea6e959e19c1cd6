import Foundation
import Market
import Schema
import TestKit
import Venues

/// One of the recordings of `ticks/hftbacktest_binance`: a receive time and Binance's own message on every line.
struct BinanceRecording {
    /// A best bid and ask, with the number of the update after which they were so.
    struct Ticker {
        let sequence: UInt64
        let bid: BookLevel
        let ask: BookLevel
    }

    enum Depth {
        case snapshot(DepthSnapshot)
        case update(DepthUpdate)
    }

    let instrument: Instrument
    /// In the order in which they were received.
    private(set) var depth: [Depth] = []
    /// In the order of their numbers.
    private(set) var tickers: [Ticker] = []
    /// When messages happened, by the venue's clock, and when they were received, by the recorder's.
    private(set) var times: [(event: UnixNanos, receive: UnixNanos)] = []

    init(_ name: String, folder: URL, instrument: Instrument) throws {
        self.instrument = instrument
        let path = folder.appendingPathComponent("data/ticks/hftbacktest_binance/\(name)").path
        for line in try GzipFile.contents(ofFile: path).split(separator: UInt8(ascii: "\n")) {
            try read(line)
        }
        tickers.sort { $0.sequence < $1.sequence }
    }

    /// The last ticker whose number is at most `sequence`.
    func lastTicker(upTo sequence: UInt64) -> Ticker? {
        var (low, high) = (0, tickers.count)
        while low < high {
            let middle = (low + high) / 2
            if tickers[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? tickers[low - 1] : nil
    }

    private mutating func read(_ line: ArraySlice<UInt8>) throws {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")),
            let time = Int64(String(decoding: line[..<space], as: UTF8.self)),
            let object = try JSONSerialization.jsonObject(with: Data(line[(space + 1)...])) as? [String: Any]
        else { throw CocoaError(.fileReadCorruptFile) }
        let receive = UnixNanos(time)
        let data = object["data"] as? [String: Any] ?? object
        let event = (data["E"] as? Int64).map { UnixNanos(milliseconds: $0) }
        if let event, data["lastUpdateId"] == nil { times.append((event, receive)) }
        if let last = data["lastUpdateId"] as? UInt64 {
            depth.append(
                .snapshot(
                    DepthSnapshot(
                        instrument: instrument, bids: try levels(data["bids"]), asks: try levels(data["asks"]),
                        sequence: last, eventTime: event ?? receive, receiveTime: receive)))
        } else if data["e"] as? String == "depthUpdate" {
            depth.append(
                .update(
                    DepthUpdate(
                        instrument: instrument, bids: try levels(data["b"]), asks: try levels(data["a"]),
                        firstSequence: data["U"] as? UInt64, lastSequence: data["u"] as? UInt64,
                        previousSequence: data["pu"] as? UInt64, eventTime: event ?? receive, receiveTime: receive)))
        } else if let sequence = data["u"] as? UInt64 {
            let (bid, ask) = (try level(data["b"], data["B"]), try level(data["a"], data["A"]))
            tickers.append(Ticker(sequence: sequence, bid: bid, ask: ask))
        }
    }

    private func levels(_ value: Any?) throws -> [BookLevel] {
        try (value as? [[String]] ?? []).map { try level($0[0], $0[1]) }
    }

    private func level(_ price: Any?, _ quantity: Any?) throws -> BookLevel {
        guard let price = (price as? String).flatMap(Double.init),
            let quantity = (quantity as? String).flatMap(Double.init)
        else { throw CocoaError(.fileReadCorruptFile) }
        return try BookLevel(price: price, quantity: quantity)
    }
}
