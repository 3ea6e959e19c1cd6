internal import CZeroMQ
internal import Glibc

/// Ends the wait of a ``Poller`` from any thread.
public final class Waker: Sendable {
    /// A file descriptor of `eventfd(2)`, a counter that the kernel guards.
    let descriptor: Int32

    /// - Throws: ``BusError/file(path:operation:code:)`` when the process has no file descriptor left.
    public init() throws(BusError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else { throw .file(path: "", operation: "eventfd", code: errno) }
    }

    deinit { close(descriptor) }

    /// Wakes the poller now, or at its next wait; waking twice before that is waking once.
    public func wake() {
        var one: UInt64 = 1
        // It fails only when the counter is full, and then the poller will wake anyway.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Forgets that it was woken.
    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
