internal import CZeroMQ
internal import Glibc

/// The socket types in use.
enum SocketType {
    case xpub, sub, router, dealer, reply, pair

    var number: Int32 {
        switch self {
        case .xpub: ZMQ_XPUB
        case .sub: ZMQ_SUB
        case .router: ZMQ_ROUTER
        case .dealer: ZMQ_DEALER
        case .reply: ZMQ_REP
        case .pair: ZMQ_PAIR
        }
    }
}

/// A libzmq socket: one owner, closed when the owner goes away.
///
/// It is neither copyable nor `Sendable`, since libzmq sockets must not be used from two threads at once.
struct ZMQSocket: ~Copyable {
    let pointer: UnsafeMutableRawPointer
    /// Keeps the context alive for as long as the socket.
    private let context: ZMQContext

    init(_ context: ZMQContext, _ type: SocketType, _ options: SocketOptions) throws(BusError) {
        guard let pointer = zmq_socket(context.pointer, type.number) else { throw .socket(.last("zmq_socket")) }
        do throws(BusError) {
            try Self.configure(pointer, options)
        } catch {
            zmq_close(pointer)
            throw error
        }
        self.pointer = pointer
        self.context = context
    }

    private static func configure(_ pointer: UnsafeMutableRawPointer, _ options: SocketOptions) throws(BusError) {
        let numbers: [(Int32, Int32)] = [
            (ZMQ_LINGER, options.lingerMilliseconds),
            (ZMQ_SNDHWM, options.highWaterMark),
            (ZMQ_RCVHWM, options.highWaterMark),
            (ZMQ_IPV6, options.ipv6 ? 1 : 0),
            (ZMQ_RECONNECT_IVL, 10),
            (ZMQ_RECONNECT_IVL_MAX, 500),
            // Who is told "not now" by the authenticator is left waiting so long, and then tries again.
            (ZMQ_HANDSHAKE_IVL, 3000),
            // A peer that vanished without a word is noticed after about 25 seconds.
            (ZMQ_TCP_KEEPALIVE, 1),
            (ZMQ_TCP_KEEPALIVE_IDLE, 10),
            (ZMQ_TCP_KEEPALIVE_INTVL, 5),
            (ZMQ_TCP_KEEPALIVE_CNT, 3),
            // With data on its way the kernel alone would wait a quarter of an hour. Not ZMTP's heartbeats: libzmq 4.3.4
            // ends the process when one is due on a connection that has just broken (`Assertion failed: !_io_error`).
            (ZMQ_TCP_MAXRT, 10_000),
            // An address that nobody has any more is given up, and the name behind it looked up again.
            (ZMQ_CONNECT_TIMEOUT, 3000),
        ]
        for (option, value) in numbers { try set(pointer, option, value) }
        try set(pointer, ZMQ_MAXMSGSIZE, options.largestMessage)
    }

    deinit { zmq_close(pointer) }

    /// Listens at an endpoint.
    ///
    /// - Throws: ``BusError/addressInUse(endpoint:)`` when somebody else does. The socket file of a process that died is
    ///   not somebody else.
    func bind(_ endpoint: Endpoint) throws(BusError) {
        let text = endpoint.description
        // libzmq removes whatever socket file it finds, also one that a living process listens at.
        if endpoint.transport == .ipc, LocalSocket.isListening(atPath: endpoint.address) {
            throw .addressInUse(endpoint: text)
        }
        do {
            try check("zmq_bind") { zmq_bind(pointer, text) }
        } catch .socket(let error) where error.code == EADDRINUSE {
            throw .addressInUse(endpoint: text)
        }
    }

    /// Stops listening at an endpoint, which ends the connections that came by it, and listens there again.
    ///
    /// libzmq stops in the background, and until it has, the endpoint is in use.
    func rebind(_ endpoint: Endpoint) throws(BusError) {
        try check("zmq_unbind") { zmq_unbind(pointer, endpoint.description) }
        for attempt in 1... {
            do throws(BusError) {
                return try bind(endpoint)
            } catch .addressInUse where attempt < 1000 {
                usleep(1000)
            }
        }
    }

    func connect(_ endpoint: Endpoint) throws(BusError) {
        try check("zmq_connect") { zmq_connect(pointer, endpoint.description) }
    }

    func disconnect(_ endpoint: Endpoint) throws(BusError) {
        try check("zmq_disconnect") { zmq_disconnect(pointer, endpoint.description) }
    }

    /// Where the socket listens, with the port that the system chose for a wildcard.
    func boundEndpoint() throws(BusError) -> Endpoint {
        var text = [CChar](repeating: 0, count: 1024)
        var count = text.count
        try check("zmq_getsockopt") { zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &text, &count) }
        // `count` includes the terminating zero.
        return try Endpoint(
            parsing: String(decoding: text.prefix(max(0, count - 1)).map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    func set(_ option: Int32, _ value: Int32) throws(BusError) { try Self.set(pointer, option, value) }

    private static func set(
        _ pointer: UnsafeMutableRawPointer, _ option: Int32, _ value: some FixedWidthInteger
    ) throws(BusError) {
        var value = value
        try check("zmq_setsockopt") { zmq_setsockopt(pointer, option, &value, MemoryLayout.size(ofValue: value)) }
    }

    func set(_ option: Int32, _ value: String) throws(BusError) {
        try check("zmq_setsockopt") { zmq_setsockopt(pointer, option, value, value.utf8.count) }
    }

    /// Hands one frame to the socket.
    ///
    /// - Returns: `false` when the queue to the only peer is full or there is none, for the types that tell.
    @discardableResult
    func send(_ bytes: UnsafeRawBufferPointer, more: Bool, wait: Bool = true) throws(BusError) -> Bool {
        let flags = (more ? ZMQ_SNDMORE : 0) | (wait ? 0 : ZMQ_DONTWAIT)
        while zmq_send(pointer, bytes.baseAddress, bytes.count, flags) == -1 {
            let code = zmq_errno()
            if code == EAGAIN { return false }
            if code != EINTR { throw .socket(ZMQError(code: code, function: "zmq_send")) }
        }
        return true
    }

    @discardableResult
    func send(_ bytes: [UInt8], more: Bool, wait: Bool = true) throws(BusError) -> Bool {
        let sent = bytes.withUnsafeBytes { buffer in
            Result<Bool, BusError> { () throws(BusError) in try send(buffer, more: more, wait: wait) }
        }
        return try sent.get()
    }

    /// Waits until a message can be received.
    ///
    /// - Returns: `false` when none came within `milliseconds`; -1 waits without end.
    func wait(milliseconds: Int) throws(BusError) -> Bool {
        var item = zmq_pollitem_t(socket: pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
        return try check("zmq_poll") { zmq_poll(&item, 1, milliseconds) } > 0
    }

    /// Waits without end until a message can be received or the waker wakes.
    func wait(or waker: Waker) throws(BusError) {
        var items = [
            zmq_pollitem_t(socket: pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
            zmq_pollitem_t(socket: nil, fd: waker.descriptor, events: Int16(ZMQ_POLLIN), revents: 0),
        ]
        try check("zmq_poll") { zmq_poll(&items, 2, -1) }
        if items[1].revents != 0 { waker.clear() }
    }
}
