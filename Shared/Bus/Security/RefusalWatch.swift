internal import CZeroMQ

/// Counts the connections that a secured socket refuses: in the clear, with a foreign key, or meant for another server.
///
/// Who breaks off before it has shown a key counts too: in the clear, either side may be the first to hang up. The watch
/// belongs to the thread of that socket.
final class RefusalWatch {
    private let reports: ZMQSocket
    private let frames = FrameBuffer(capacity: 2)
    private var count = 0

    /// Watches a socket that listens at `endpoint`.
    init(_ context: ZMQContext, _ socket: borrowing ZMQSocket, at endpoint: Endpoint) throws(BusError) {
        let place = Endpoint(transport: .inproc, address: "refusals/\(endpoint)")
        let pointer = socket.pointer
        let refusals =
            ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
            | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
        try check("zmq_socket_monitor") { zmq_socket_monitor(pointer, place.description, refusals) }
        // libzmq serves nobody while the queue is full; this one is long, and emptied every second.
        reports = try ZMQSocket(context, .pair, SocketOptions())
        try reports.connect(place)
    }

    /// Refused so far.
    func total() throws(BusError) -> Int {
        while try frames.receive(from: reports) > 0 { count += 1 }
        return count
    }
}
