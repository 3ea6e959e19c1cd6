internal import Foundation
internal import Schema

/// How far a training job is: what whoever goes on with it must know.
struct JobCheckpoint: Codable {
    /// The feed's last watermark when the job was first taken: what came later is not learned from.
    let upTo: FeedPosition
    /// The training's own checkpoint; `nil` before the first.
    var training: Data?

    init(upTo: FeedPosition) { self.upTo = upTo }

    init(bytes: [UInt8]) throws { self = try PropertyListDecoder().decode(Self.self, from: Data(bytes)) }

    func bytes() throws -> [UInt8] {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        return [UInt8](try encoder.encode(self))
    }
}
