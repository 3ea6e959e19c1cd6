internal import CZeroMQ
internal import Glibc

/// A libzmq context: its I/O threads, and the room in which `inproc://` names are known.
///
/// One per process is enough. Sockets hold it, and it ends after the last of them.
public final class ZMQContext: Sendable {
    /// A context may be used from any thread (zmq_ctx_new(3): "thread safe and may be shared").
    nonisolated(unsafe) let pointer: UnsafeMutableRawPointer

    /// Creates a context.
    ///
    /// - Parameter ioThreads: One serves about a gigabyte a second.
    /// - Throws: ``BusError/socket(_:)`` when the process has no file descriptor left.
    public init(ioThreads: Int32 = 1) throws(BusError) {
        guard let pointer = zmq_ctx_new() else { throw .socket(.last("zmq_ctx_new")) }
        self.pointer = pointer
        // Closing a socket drops what it has not sent instead of waiting for a peer that may be gone for ever.
        try check("zmq_ctx_set") { zmq_ctx_set(pointer, ZMQ_BLOCKY, 0) }
        try check("zmq_ctx_set") { zmq_ctx_set(pointer, ZMQ_IO_THREADS, ioThreads) }
    }

    deinit {
        while zmq_ctx_term(pointer) == -1, zmq_errno() == EINTR {}
    }

    /// Whether this libzmq can encrypt and authenticate.
    public static var hasCurve: Bool { zmq_has("curve") == 1 }
}
