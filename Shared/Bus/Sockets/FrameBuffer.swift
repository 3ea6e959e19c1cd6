internal import CZeroMQ
internal import Glibc

/// Receives the frames of one message into memory of libzmq, which it lends until the next message.
final class FrameBuffer {
    private let messages: UnsafeMutablePointer<zmq_msg_t>
    private let capacity: Int

    /// - Parameter capacity: Frames kept; those beyond are counted and let go.
    init(capacity: Int) {
        self.capacity = capacity
        messages = .allocate(capacity: capacity + 1)
        for index in 0...capacity {
            (messages + index).initialize(to: zmq_msg_t())
            zmq_msg_init(messages + index)
        }
    }

    deinit {
        for index in 0...capacity { zmq_msg_close(messages + index) }
        messages.deallocate()
    }

    /// Receives one message, if one waits.
    ///
    /// - Returns: How many frames it had; 0 when none waits.
    func receive(from socket: borrowing ZMQSocket) throws(BusError) -> Int {
        var count = 0
        while true {
            let slot = messages + min(count, capacity)
            // zmq_msg_recv lets go of what the slot held.
            while zmq_msg_recv(slot, socket.pointer, ZMQ_DONTWAIT) == -1 {
                let code = zmq_errno()
                // The frames of a message arrive together, so only the first can be missing.
                if code == EAGAIN { return 0 }
                if code != EINTR { throw .socket(ZMQError(code: code, function: "zmq_msg_recv")) }
            }
            count += 1
            if zmq_msg_more(slot) == 0 { return count }
        }
    }

    /// The bytes of a frame, valid until the next ``receive(from:)``.
    subscript(index: Int) -> UnsafeRawBufferPointer {
        precondition(index < capacity, "frame \(index) is not kept")
        return UnsafeRawBufferPointer(start: zmq_msg_data(messages + index), count: zmq_msg_size(messages + index))
    }

    /// A copy of the bytes of a frame.
    func bytes(_ index: Int) -> [UInt8] { [UInt8](self[index]) }
}
