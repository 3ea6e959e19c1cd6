internal import Synchronization

/// Decides who may connect to the secured sockets of a context: an allow-list of public keys.
///
/// It answers libzmq's questions (ZAP, ZeroMQ RFC 27) on a thread of its own. A context has at most one.
public final class Authenticator: Sendable {
    static let domain = "tidegate"
    private static let endpoint = Endpoint(transport: .inproc, address: "zeromq.zap.01")

    private final class State: Sendable {
        let allowed: Mutex<Set<CurvePublicKey>>
        let denied = Atomic(0)
        let isStopped = Atomic(false)
        let start = Mutex<Result<Void, BusError>?>(nil)

        init(_ allowed: Set<CurvePublicKey>) { self.allowed = Mutex(allowed) }
    }

    private let state: State
    private let waker: Waker
    private let thread: WorkerThread

    /// Starts answering.
    ///
    /// - Throws: ``BusError/addressInUse(endpoint:)`` when the context has one already.
    public init(context: ZMQContext, allowed: Set<CurvePublicKey>) throws(BusError) {
        let state = State(allowed)
        let waker = try Waker()
        let started = WorkerThread.Signal()
        thread = WorkerThread("bus-authenticator") {
            do throws(BusError) {
                let socket = try ZMQSocket(context, .reply, SocketOptions(highWaterMark: 1000))
                try socket.bind(Self.endpoint)
                started.raise()
                try Self.answer(socket, state, waker)
            } catch {
                // Nobody is let in from here on; before `started`, the error is the initializer's.
                state.start.withLock { $0 = .failure(error) }
                started.raise()
            }
        }
        self.state = state
        self.waker = waker
        started.wait()
        if case .failure(let error)? = state.start.withLock({ $0 }) { throw error }
    }

    deinit { stop() }

    /// Replaces the allow-list; connections that exist stay.
    public func allow(_ keys: Set<CurvePublicKey>) { state.allowed.withLock { $0 = keys } }

    /// Whom it lets in.
    public var allowedKeys: Set<CurvePublicKey> { state.allowed.withLock { $0 } }

    /// Attempts refused so far.
    public var deniedCount: Int { state.denied.load(ordering: .relaxed) }

    /// Ends; from then on nobody new is let in.
    public func stop() {
        state.isStopped.store(true, ordering: .releasing)
        waker.wake()
        thread.join()
    }

    private static func answer(
        _ socket: borrowing ZMQSocket, _ state: State, _ waker: Waker
    ) throws(BusError) {
        // version, request id, domain, address, routing id, mechanism, credentials
        let frames = FrameBuffer(capacity: 7)
        while true {
            try socket.wait(or: waker)
            if state.isStopped.load(ordering: .acquiring) { return }
            while true {
                let count = try frames.receive(from: socket)
                guard count > 0 else { break }
                let request = (0..<min(count, 7)).map(frames.bytes)
                let key = count == 7 ? key(in: request) : nil
                let isAllowed = key.map { key in state.allowed.withLock { $0.contains(key) } } ?? false
                if !isAllowed { state.denied.add(1, ordering: .relaxed) }
                // 300 is "not now": who is told 400 never tries again, also when the list has long changed.
                let reply = [
                    Array("1.0".utf8), count > 1 ? request[1] : [], Array((isAllowed ? "200" : "300").utf8),
                    Array((isAllowed ? "OK" : "no").utf8), Array((key?.text ?? "").utf8), [],
                ]
                for (index, frame) in reply.enumerated() { try socket.send(frame, more: index < reply.count - 1) }
            }
        }
    }

    private static func key(in request: [[UInt8]]) -> CurvePublicKey? {
        guard request[0] == Array("1.0".utf8), request[2] == Array(domain.utf8), request[5] == Array("CURVE".utf8)
        else { return nil }
        return CurvePublicKey(bytes: request[6])
    }
}
