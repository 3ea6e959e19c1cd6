internal import Synchronization

/// Follows publishers from outside the pipeline: benchmarks, recorders, dashboards.
///
/// It only listens, and tells what it missed instead of asking for it.
public struct Subscriber: Sendable {
    private let context: ZMQContext
    private let endpoints: EndpointList
    private let topics: [String]
    private let capacity: Int
    private let options: SocketOptions
    private let security: ClientSecurity?

    /// Describes a subscription; ``events()`` makes it.
    ///
    /// `topics` are prefixes of the topics to follow, all by default; watermarks and heartbeats always come. `capacity`
    /// bounds the events that may wait for the consumer.
    public init(
        context: ZMQContext, endpoints: EndpointList, topics: [String] = [], capacity: Int = 65_536,
        options: SocketOptions = SocketOptions(), security: ClientSecurity? = nil
    ) {
        precondition(capacity > 0, "a buffer holds something")
        self.context = context
        self.endpoints = endpoints
        self.topics = topics
        self.capacity = capacity
        self.options = options
        self.security = security
    }

    /// Starts receiving, on a thread of its own because `zmq_poll` blocks, until the consumer stops iterating.
    ///
    /// It ends with ``BusError/tooSlow(buffered:)`` when more than the capacity waits, after what is buffered, and with
    /// the error of a socket that fails.
    public func events() -> BusEvents {
        let shared = BusEvents.Shared()
        let (stream, continuation) = AsyncThrowingStream<[BusEvent], any Error>.makeStream()
        continuation.onTermination = { _ in shared.stop() }
        _ = WorkerThread("bus-subscriber") {
            do throws(BusError) {
                try receive(shared, to: continuation)
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        return BusEvents(stream: stream, shared: shared)
    }

    private func receive(
        _ shared: BusEvents.Shared, to continuation: AsyncThrowingStream<[BusEvent], any Error>.Continuation
    ) throws(BusError) {
        let waker = try Waker()
        guard shared.start(waker) else { return }
        let subscriber = try LogSubscriber(
            context: context, endpoints: endpoints, topics: topics, recovery: .none, options: options,
            security: security)
        let poller = Poller(subscribers: [subscriber], waker: waker)
        var assembler = EventAssembler(topics: topics)
        var inbox = Inbox()
        while true {
            if try poller.wait(timeout: nil).wasWoken { return }
            inbox.removeAll()
            try subscriber.drain(into: &inbox)
            var events: [BusEvent] = inbox.refused.map(BusEvent.refused)
            for item in inbox.items { assembler.events(of: item, into: &events) }
            guard !events.isEmpty else { continue }
            let buffered = shared.buffered.add(events.count, ordering: .relaxed).newValue
            guard buffered <= capacity else { throw .tooSlow(buffered: buffered) }
            continuation.yield(events)
        }
    }
}

/// The events of a subscription, in order.
public struct BusEvents: AsyncSequence, Sendable {
    public typealias Element = BusEvent

    let stream: AsyncThrowingStream<[BusEvent], any Error>
    let shared: Shared

    /// What the receiving thread and the consumer share.
    final class Shared: Sendable {
        /// Events that wait for the consumer.
        let buffered = Atomic(0)
        private let state = Mutex((isStopped: false, waker: Waker?.none))

        /// - Returns: `false` when the consumer has left already.
        func start(_ waker: Waker) -> Bool {
            state.withLock { state in
                state.waker = waker
                return !state.isStopped
            }
        }

        func stop() {
            let waker = state.withLock { state in
                state.isStopped = true
                return state.waker
            }
            waker?.wake()
        }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(base: stream.makeAsyncIterator(), shared: shared) }

    public struct Iterator: AsyncIteratorProtocol {
        var base: AsyncThrowingStream<[BusEvent], any Error>.Iterator
        let shared: Shared
        private var batch: [BusEvent] = []
        private var index = 0

        init(base: AsyncThrowingStream<[BusEvent], any Error>.Iterator, shared: Shared) {
            self.base = base
            self.shared = shared
        }

        /// The next event; throws ``BusError``, and gives `nil` when the consuming task was cancelled.
        public mutating func next() async throws -> BusEvent? {
            while index == batch.count {
                guard let next = try await base.next() else { return nil }
                (batch, index) = (next, 0)
                shared.buffered.subtract(next.count, ordering: .relaxed)
            }
            defer { index += 1 }
            return batch[index]
        }
    }
}
