internal import Foundation
internal import Market
internal import Pipeline

/// What the ingestor keeps with every append to the feed log, in the same transaction.
struct IngestorState: Codable {
    let builder: FeedBuilder.State
    let sequencer: Sequencer

    func encoded() throws -> [UInt8] {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        return [UInt8](try encoder.encode(self))
    }

    init(builder: FeedBuilder.State, sequencer: Sequencer) {
        self.builder = builder
        self.sequencer = sequencer
    }

    init(decoding bytes: [UInt8]) throws {
        self = try PropertyListDecoder().decode(Self.self, from: Data(bytes))
    }
}
