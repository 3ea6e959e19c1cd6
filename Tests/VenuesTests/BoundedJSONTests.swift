import Schema
import Testing

@testable import Venues

// Found by a million damaged inputs: Foundation's reader ends the process on such texts.
@Suite("Bounded JSON")
struct BoundedJSONTests {
    @Test(
        "Texts may nest as deep as the limit and no deeper, whatever brackets they nest by",
        arguments: ["[", "{\"a\":"])
    func depth(opener: String) {
        #expect(isBoundedJSON(Array(String(repeating: opener, count: 64).utf8)))
        #expect(!isBoundedJSON(Array(String(repeating: opener, count: 65).utf8)))
    }

    @Test("Brackets that are closed again, or stand in strings, do not count")
    func harmless() {
        #expect(isBoundedJSON(Array(String(repeating: "[],", count: 500).utf8)))
        #expect(isBoundedJSON(Array("\"\(String(repeating: "[", count: 500))\\\"[\"".utf8)))
        #expect(!isBoundedJSON(Array("\"\\\\\"\(String(repeating: "[", count: 65))".utf8)))
    }

    @Test("Other encodings are refused, since their bytes do not tell brackets from text")
    func encodings() {
        #expect(!isBoundedJSON([0xFF, 0xFE, 0x5B, 0x5D]) && !isBoundedJSON([0xFE, 0xFF, 0x5B, 0x5D]))
        #expect(!isBoundedJSON([0x5B, 0x00, 0x5D, 0x00]))
        #expect(isBoundedJSON(Array("\u{FEFF}[\"€\"]".utf8)))
    }

    @Test(
        "Texts of every depth around Foundation's limit are an error of every feed, and no crash", arguments: 500..<530)
    func everyDepth(depth: Int) throws {
        let feed = try BinanceFeed(instruments: [Instrument("binance.BTC-USDT")])
        for end in ["", "]", "1", ",", "\""] {
            let text = String(repeating: "[", count: depth) + end
            #expect(throws: VenueMessageError.self) { try feed.decode(Array(text.utf8), receivedAt: UnixNanos(0)) }
        }
    }
}
