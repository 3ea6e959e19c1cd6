import Schema
import TestKit
import Testing
import Venues

@Suite("Kraken checksums", .enabled(if: SharedData.required || SharedData.folder != nil))
struct KrakenChecksumTests {
    @Test("The CRC-32 of the table of polynomials is the published check value")
    func checkValue() { #expect(crc32("123456789") == 0xCBF4_3926) }

    @Test("Books made of what was read have the checksum that the venue states, after every recorded update")
    func recordedBooks() async throws {
        let feed = try KrakenFeed(listings: try await recordedKrakenListings().instruments)
        var books: [Instrument: ReferenceBook] = [:]
        var (compared, differing) = (0, 0)
        for event in feed.read(try Recording(cryptofeed: "KRAKEN.ws.50.0")).messages.flatMap(\.events) {
            switch event {
            case .depthSnapshot(let snapshot): books[snapshot.instrument] = ReferenceBook(snapshot)
            case .depthUpdate(let update):
                books[update.instrument]?.apply(update)
                let checksum = try #require(update.checksum)
                compared += 1
                if books[update.instrument]?.checksum(checksum) != checksum.value { differing += 1 }
            default: break
            }
        }
        print("Kraken checksums: \(compared) compared, \(differing) differ")
        #expect(compared == 4269 && differing == 0)
    }
}

/// A book in the plainest form, to check the reading of messages with.
private struct ReferenceBook {
    private var bids: [BookLevel]
    private var asks: [BookLevel]

    init(_ snapshot: DepthSnapshot) { (bids, asks) = (snapshot.bids, snapshot.asks) }

    mutating func apply(_ update: DepthUpdate) {
        for level in update.bids { Self.set(level, in: &bids) { $0 > $1 } }
        for level in update.asks { Self.set(level, in: &asks) { $0 < $1 } }
    }

    private static func set(
        _ level: BookLevel, in side: inout [BookLevel], isBetter: (Double, Double) -> Bool
    ) {
        let index = side.firstIndex { !isBetter($0.price, level.price) } ?? side.count
        if index < side.count, side[index].price == level.price { side.remove(at: index) }
        if level.quantity > 0 { side.insert(level, at: index) }
        // The depth that was subscribed to.
        if side.count > 1000 { side.removeLast() }
    }

    func checksum(_ checksum: DepthChecksum) -> UInt32 {
        func digits(_ value: Double, _ places: Int) -> String {
            var scaled = value
            for _ in 0..<places { scaled *= 10 }
            return String(Int64(scaled.rounded()))
        }
        let levels = asks.prefix(10) + bids.prefix(10)
        return crc32(
            levels.map { digits($0.price, checksum.pricePlaces) + digits($0.quantity, checksum.quantityPlaces) }
                .joined())
    }
}

/// CRC-32 as zlib computes it, bit by bit.
private func crc32(_ text: String) -> UInt32 {
    var crc: UInt32 = .max
    for byte in text.utf8 {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
}
