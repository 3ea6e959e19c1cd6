public import Schema

/// A well-formed input, and what kind of input it is.
public struct Seed: Sendable {
    /// Which of a target's decoders reads it.
    public let kind: Int
    public let bytes: [UInt8]

    public init(kind: Int = 0, _ text: String) { (self.kind, bytes) = (kind, Array(text.utf8)) }
}

/// Damages JSON texts in the ways that find faults in their readers.
///
/// Pure: the same seeds and generator give the same inputs on every machine.
public struct Mutator: Sendable {
    private let seeds: [Seed]

    /// What numbers, strings and structure are replaced by: limits of integers and doubles, and values of other types.
    private static let tokens: [[UInt8]] = [
        "-1", "0", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616",
        "1e999",
        "-0.0", "0.1e-400", "1.7976931348623157e308", "null", "true", "\"\"", "\"-\"", "\"nan\"", "\"1e5\"", "[]", "{}",
        "\"\\u0000\"", "\"\\ud800\"", "9000000000001", "\"9999-12-31T23:59:59.999999999Z\"",
        "\"99999999999999999999999999999999999999\"",
    ].map { Array($0.utf8) }

    /// - Parameter seeds: at least one.
    public init(seeds: [Seed]) {
        precondition(!seeds.isEmpty, "a mutator needs seeds")
        self.seeds = seeds
    }

    /// The next input: one of the seeds, damaged one to four times.
    public func next(using random: inout SplitMix64) -> (kind: Int, bytes: [UInt8]) {
        let seed = seeds[Int.random(in: seeds.indices, using: &random)]
        var bytes = seed.bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) { damage(&bytes, using: &random) }
        return (seed.kind, bytes)
    }

    private func damage(_ bytes: inout [UInt8], using random: inout SplitMix64) {
        guard !bytes.isEmpty else {
            bytes = [UInt8.random(in: 0...255, using: &random)]
            return
        }
        let index = Int.random(in: bytes.indices, using: &random)
        // Mostly what leaves the text a JSON text, so that damage reaches what is read from it.
        switch Int.random(in: 0..<16, using: &random) {
        case 0: bytes[index] = .random(in: 0...255, using: &random)
        case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(slice(of: bytes, from: index, using: &random))
        case 3: bytes.insert(contentsOf: bytes[slice(of: bytes, from: index, using: &random)], at: index)
        case 4: bytes.removeLast(bytes.count - index)
        case 5: splice(&bytes, at: index, using: &random)
        case 6: nest(&bytes, at: index, using: &random)
        case 7..<12: replaceValue(in: &bytes, near: index, using: &random)
        default: replaceDigit(in: &bytes, near: index, using: &random)
        }
    }

    private func slice(of bytes: [UInt8], from index: Int, using random: inout SplitMix64) -> Range<Int> {
        index..<min(bytes.count, index + .random(in: 1...24, using: &random))
    }

    /// Puts a token in the place of the value that begins after the next colon, comma or bracket.
    private func replaceValue(in bytes: inout [UInt8], near index: Int, using random: inout SplitMix64) {
        let openers = Set(":,[".utf8)
        let closers = Set(",]}".utf8)
        guard let opener = bytes[index...].firstIndex(where: openers.contains) else { return }
        let end = bytes[(opener + 1)...].firstIndex(where: closers.contains) ?? bytes.endIndex
        let token = Self.tokens[Int.random(in: Self.tokens.indices, using: &random)]
        bytes.replaceSubrange((opener + 1)..<end, with: token)
    }

    private func replaceDigit(in bytes: inout [UInt8], near index: Int, using random: inout SplitMix64) {
        guard let digit = bytes[index...].firstIndex(where: { (0x30...0x39).contains($0) }) else { return }
        bytes[digit] = .random(in: 0x30...0x39, using: &random)
    }

    /// Opens brackets that nobody closes, for readers that recurse.
    private func nest(_ bytes: inout [UInt8], at index: Int, using random: inout SplitMix64) {
        let bracket = UInt8(ascii: Bool.random(using: &random) ? "[" : "{")
        bytes.insert(contentsOf: repeatElement(bracket, count: .random(in: 1...700, using: &random)), at: index)
    }

    /// Goes on with the rest of another seed.
    private func splice(_ bytes: inout [UInt8], at index: Int, using random: inout SplitMix64) {
        let other = seeds[Int.random(in: seeds.indices, using: &random)].bytes
        guard !other.isEmpty else { return }
        bytes.replaceSubrange(index..., with: other[Int.random(in: other.indices, using: &random)...])
    }
}
