import Foundation
import Learning
import Schema
import Tensor
import TestKit
import Testing

@Suite("SafeTensors")
struct SafeTensorsTests {
    /// A file with the given header and data.
    private func file(_ header: String, data: Int) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        return length + Array(header.utf8) + [UInt8](repeating: 0, count: data)
    }

    private func sample() throws -> SafeTensors {
        var file = SafeTensors(metadata: ["format": "pt", "note": "a \"quoted\"/slashed é"])
        try file.add([
            ("b", Tensor([Float(1.5), -0.0, .nan], shape: [3])), ("a", Tensor([Double.pi], shape: [1, 1])),
            ("empty", Tensor([Float](), shape: [0, 4])), ("n", Tensor([Int64.min], shape: [])),
        ])
        return file
    }

    @Test("What is written is read back with the same bits, shapes, types and text")
    func roundTrip() throws {
        let written = try sample()
        let read = try SafeTensors(bytes: written.bytes())
        #expect(read.metadata == written.metadata)
        #expect(Set(read.entries.map(\.name)) == ["a", "b", "empty", "n"])
        for entry in written.entries { #expect(read[entry.name] == entry) }
        #expect(try read.tensor(named: "a").doubles() == [.pi])
        #expect(try read.tensor(named: "b").floats().map(\.bitPattern) == [Float(1.5), -0.0, .nan].map(\.bitPattern))
        #expect(try read.tensor(named: "n").integers() == [.min])
        #expect(try read.bytes() == written.bytes())
    }

    @Test("The layout is the format's: length, header padded to eight bytes, elements")
    func layout() throws {
        var file = SafeTensors()
        try file.add([("w", Tensor([Float(1)], shape: [1]))])
        let bytes = try file.bytes()
        let header = #"{"w":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}}"#
        let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        #expect(bytes == self.file(padded, data: 0) + [0, 0, 0x80, 0x3f])
    }

    @Test("A plain file is read", arguments: [#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  "#])
    func plain(header: String) throws {
        #expect(try SafeTensors(bytes: file(header, data: 8)).tensor(named: "w").floats() == [0, 0])
    }

    @Test(
        "A header that contradicts itself or the file is refused",
        arguments: [
            ("", 0),
            ("[]", 0),
            ("{", 0),
            ("{}", 1),
            (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7),
            (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9),
            (#"{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8),
            (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8),
            (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8),
            (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12),
            (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, 8),
            (#"{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8),
            (#"{"w":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}"#, 8),
            (#"{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),
            (#"{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#, 4),
            (#"{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, 4),
            (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}"#, 4),
            // Overlapping, and with a hole between.
            (
                #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
                12
            ),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
                12
            ),
            (#"{"__metadata__":{"n":1}}"#, 0),
            (#"{"__metadata__":[],"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4),
        ])
    func refused(header: String, data: Int) {
        #expect(throws: LearningError.self) { try SafeTensors(bytes: file(header, data: data)) }
    }

    @Test("A file cut anywhere, or with a length beyond its end, is refused")
    func truncated() throws {
        let whole = try sample().bytes()
        for length in 0..<whole.count {
            #expect(throws: LearningError.self, "cut to \(length)") { try SafeTensors(bytes: Array(whole[..<length])) }
        }
        for length in [UInt64.max, UInt64(Int.max), UInt64(Int.max) - 7, 100_000_001, UInt64(whole.count)] {
            let damaged = withUnsafeBytes(of: length.littleEndian) { Array($0) } + whole[8...]
            #expect(throws: LearningError.self, "length \(length)") { try SafeTensors(bytes: damaged) }
        }
    }

    @Test("Damaged bytes never crash the reader")
    func junk() throws {
        let whole = try sample().bytes()
        var random = SplitMix64(seed: 11)
        var refusals = 0
        for _ in 0..<2000 {
            var damaged = whole
            for _ in 0..<(1 + Int(random.next() % 4)) {
                damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            do { _ = try SafeTensors(bytes: damaged) } catch { refusals += 1 }
        }
        #expect(refusals > 1000)
    }

    @Test("A model takes exactly its own tensors: none missing, none over, none of another shape or type")
    func strictLoading() throws {
        var random = SplitMix64(seed: 1)
        let layer = try Linear(inputs: 2, outputs: 1, using: &random)
        var file = SafeTensors()
        try file.add([("l.weight", .full(5, shape: [1, 2])), ("l.bias", .full(6, shape: [1])), ("other", .zeros([1]))])
        try file.assign(to: layer.parameters, prefix: "l.")
        #expect(try layer.weight.floats() == [5, 5])
        #expect(throws: LearningError.self) { try file.assign(to: layer.parameters) }
        #expect(throws: LearningError.self) { try file.assign(to: [("weight", layer.weight)], prefix: "l.") }
        let bias = try #require(layer.bias)
        let wide: [NamedTensor] = [("weight", try .zeros([2, 1])), ("bias", bias)]
        #expect(throws: LearningError.self) { try file.assign(to: wide, prefix: "l.") }
        let double: [NamedTensor] = [("weight", try .zeros([1, 2], type: .float64)), ("bias", bias)]
        #expect(throws: LearningError.self) { try file.assign(to: double, prefix: "l.") }
        #expect(throws: LearningError.self) { try file.add([("other", .zeros([1]))]) }
    }

    @Test("PyTorch's own files are read", .enabled(if: Golden.isWanted))
    func golden() throws {
        let file = try SafeTensors(bytes: Golden.bytes("05_lstm_cnn.weights.safetensors"))
        #expect(file.entries.count == 17)
        #expect(file["conv.weight"]?.shape == [16, 48, 5])
        #expect(file["bn.num_batches_tracked"]?.type == .int64)
        #expect(try file.tensor(named: "bn.num_batches_tracked").shape == [])
    }
}
