import Schema
import Testing

@Suite("Envelope")
struct EnvelopeTests {
    private let envelope = Envelope(
        version: 0x0102, kind: 0x0304, ordinal: 0x0506_0708, publisher: 0x1112_1314_1516_1718,
        sequence: 0x2122_2324_2526_2728, position: FeedPosition(0x3132_3334_3536_3738),
        trace: FeedPosition(0x4142_4344_4546_4748), eventTime: UnixNanos(-2), sentTime: UnixNanos(0x5152_5354_5556_5758)
    )

    @Test("Its 56 bytes are big-endian, in the documented places")
    func layout() {
        var expected: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        for upper: UInt8 in [0x10, 0x20, 0x30, 0x40] { expected += (1...8).map { upper + $0 } }
        expected += [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE]
        expected += (1...8).map { 0x50 + $0 }
        #expect(envelope.bytes == expected)
        #expect(envelope.bytes.count == Envelope.byteCount)
    }

    @Test("It comes back from its bytes, whatever they are")
    func roundTrip() {
        #expect(Envelope(bytes: envelope.bytes) == envelope)
        var random = SplitMix64(seed: 5)
        for _ in 0..<1000 {
            let bytes = (0..<Envelope.byteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Envelope(bytes: bytes)?.bytes == bytes)
        }
    }

    @Test("Any other number of bytes is none")
    func wrongLength() {
        for count in 0..<120 where count != Envelope.byteCount {
            #expect(Envelope(bytes: [UInt8](repeating: 1, count: count)) == nil)
        }
    }
}
