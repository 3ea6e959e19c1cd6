internal import Foundation
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The sockets and threads behind a ``FakeVenue``.
final class FakeServer: Sendable {
    struct State {
        var requests: [FakeVenue.Request] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var connections: Set<Int32> = []
        var isClosed = false
    }

    let state = Mutex(State())
    let port: UInt16
    private let listener: Int32
    private let answer: @Sendable (FakeVenue.Request, Int) -> FakeVenue.Reply

    init(answer: @escaping @Sendable (FakeVenue.Request, Int) -> FakeVenue.Reply) throws {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, generic, &size) == 0
            }
        }
        guard isListening else {
            let code = errno
            closeDescriptor(descriptor)
            throw POSIXError(.init(rawValue: code) ?? .EIO)
        }
        listener = descriptor
        port = UInt16(bigEndian: address.sin_port)
        self.answer = answer
    }

    func start() {
        Thread.detachNewThread {
            while true {
                let connection = accept(self.listener, nil, nil)
                guard connection >= 0 else { break }
                let isAccepted = self.state.withLock { state in
                    guard !state.isClosed else { return false }
                    state.connections.insert(connection)
                    return true
                }
                guard isAccepted else {
                    closeDescriptor(connection)
                    break
                }
                Thread.detachNewThread { self.serve(connection) }
            }
            closeDescriptor(self.listener)
        }
    }

    /// Ends every connection; the threads notice and close their own sockets.
    func close() {
        state.withLock { state in
            state.isClosed = true
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve(_ connection: Int32) {
        var reader = FakeRequestReader { buffer in recv(connection, buffer.baseAddress, buffer.count, 0) }
        while let request = reader.next() {
            let (number, ready) = state.withLock { state in
                state.requests.append(request)
                let ready = state.waiters.filter { $0.count <= state.requests.count }
                state.waiters.removeAll { $0.count <= state.requests.count }
                return (state.requests.count - 1, ready)
            }
            for waiter in ready { waiter.continuation.resume() }
            let reply = answer(request, number)
            if reply.delay > .zero { Thread.sleep(forTimeInterval: reply.delay / .seconds(1)) }
            guard send(reply, to: connection, isHead: request.method == "HEAD") else { break }
        }
        state.withLock { state in
            state.connections.remove(connection)
            closeDescriptor(connection)
        }
    }

    /// Sends a reply; `false` when the connection ends with it.
    private func send(_ reply: FakeVenue.Reply, to connection: Int32, isHead: Bool) -> Bool {
        var head = "HTTP/1.1 \(reply.status) Scripted\r\n"
        for header in reply.headers { head += "\(header.name): \(header.value)\r\n" }
        let announced = "Content-Length: \(reply.body.count)\r\n\r\n"
        let body = isHead ? [] : reply.body
        switch reply.fault {
        case nil:
            return write(Array((head + announced).utf8) + body, to: connection)
        case .truncated(let count):
            _ = write(Array((head + announced).utf8) + body.prefix(count), to: connection)
        case .unannounced:
            _ = write(Array((head + "Connection: close\r\n\r\n").utf8) + body, to: connection)
        case .closed:
            break
        case .stalled:
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
        }
        shutdown(connection, Int32(SHUT_WR))
        return false
    }

    private func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
        #if canImport(Glibc)
            let flags = Int32(MSG_NOSIGNAL)
        #else
            let flags: Int32 = 0
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                // `sent` is below the count, so the buffer is not empty and has an address.
                posixSend(connection, buffer.baseAddress! + sent, buffer.count - sent, flags)
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}

/// The system's functions, by names that the methods above do not hide.
private func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }

private func posixSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}
