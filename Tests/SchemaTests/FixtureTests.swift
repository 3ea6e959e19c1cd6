import Foundation
import Schema
import Testing

/// The stored payloads of every kind and version: what yesterday's recordings are made of.
///
/// A file is written once, when its version is new, by running this suite with `TIDEGATE_WRITE_FIXTURES=1`, which never
/// overwrites one. A failure here means that recordings can no longer be read: raise the version instead.
@Suite("Fixtures")
struct FixtureTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    private static func file(_ kind: Message.Kind) -> URL {
        folder.appending(path: "\(kind.stream).v\(kind.schemaVersion).bin")
    }

    @Test("Stored payloads of every kind decode to what was stored, and encode to the same bytes")
    func stored() throws {
        for message in try Samples.ordinary() {
            let file = Self.file(message.kind)
            if ProcessInfo.processInfo.environment["TIDEGATE_WRITE_FIXTURES"] == "1" {
                try? Data(message.payload()).write(to: file, options: .withoutOverwriting)
            }
            let bytes = [UInt8](try Data(contentsOf: file))
            let decoded = try Message(
                kind: message.kind.rawValue, version: message.kind.schemaVersion, payload: bytes)
            #expect(decoded == message)
            #expect(try decoded.payload() == bytes)
        }
    }

    @Test("Every stored payload is one that a kind of today asks for")
    func nothingForgotten() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(
            Set(names.filter { $0.hasSuffix(".bin") })
                == Set(Message.Kind.allCases.map { Self.file($0).lastPathComponent }))
    }
}
