import Foundation
import Market
import Testing

/// The lowest bytes of a number, lowest first.
func little(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// The checksum of zip and gzip, written by its definition.
func crc32(_ content: [UInt8]) -> UInt32 {
    var checksum: UInt32 = .max
    for byte in content {
        checksum ^= UInt32(byte)
        for _ in 0..<8 { checksum = checksum & 1 == 1 ? (checksum >> 1) ^ 0xEDB8_8320 : checksum >> 1 }
    }
    return ~checksum
}

@Suite("Zip archives")
struct ZipTests {
    @Test("Damage of any byte never traps, and is either noticed or does not change the content")
    func damage() throws {
        let archive = Self.stored(name: "a.csv", content: Array("0,1,2,3,4,5\n60000,1,2,3,4,5\n".utf8))
        let content = try ZipArchive(archive, path: "test").onlyContents()
        #expect(String(decoding: content, as: UTF8.self).hasPrefix("0,1,2"))
        var (noticed, unchanged) = (0, 0)
        for index in archive.indices {
            var damaged = archive
            damaged[index] ^= 0x41
            do { unchanged += try ZipArchive(damaged, path: "test").onlyContents() == content ? 1 : 0 } catch {
                noticed += 1
            }
        }
        #expect(noticed + unchanged == archive.count)
        #expect(noticed > content.count)
        for length in archive.indices {
            #expect(throws: MarketError.self) { try ZipArchive(Array(archive[..<length]), path: "test").onlyContents() }
        }
    }

    /// An archive with one member that is not compressed.
    static func stored(name: String, content: [UInt8]) -> [UInt8] {
        let size = little(UInt32(content.count), 4)
        let common =
            little(0, 4) + little(crc32(content), 4) + size + size + little(UInt32(name.utf8.count), 2) + little(0, 2)
        let local = little(0x0403_4B50, 4) + little(10, 2) + little(0, 4) + common + Array(name.utf8) + content
        let central =
            little(0x0201_4B50, 4) + little(10, 2) + little(10, 2) + little(0, 4) + common + little(0, 10 + 4)
            + Array(name.utf8)
        return local + central + little(0x0605_4B50, 4) + little(0, 4) + little(1, 2) + little(1, 2)
            + little(UInt32(central.count), 4) + little(UInt32(local.count), 4) + little(0, 2)
    }
}
