import Hummingbird
import Synchronization

/// What a response wrote to a reader, who hangs up after some writes.
final class SentBytes: Sendable {
    struct Closed: Error {}

    private let bytes = Mutex<[UInt8]>([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func writer(closesAfter writes: Int) -> Writer { Writer(sent: self, left: writes) }

    struct Writer: ResponseBodyWriter {
        let sent: SentBytes
        var left: Int

        mutating func write(_ buffer: ByteBuffer) async throws {
            sent.bytes.withLock { $0 += buffer.readableBytesView }
            left -= 1
            if left == 0 { throw Closed() }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
