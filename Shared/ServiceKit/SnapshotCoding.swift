internal import Foundation
internal import Pipeline
internal import Schema
internal import Store

/// Snapshots as bytes: binary property lists, which keep every `Double` to the last bit, NaN included.
enum SnapshotCoding {
    static func encode<State>(_ snapshot: Pipeline.Snapshot<State>) throws -> [UInt8] {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        return [UInt8](try encoder.encode(snapshot))
    }

    static func decode<State>(_ bytes: [UInt8], as type: State.Type) throws -> Pipeline.Snapshot<State> {
        try PropertyListDecoder().decode(Pipeline.Snapshot<State>.self, from: Data(bytes))
    }
}
