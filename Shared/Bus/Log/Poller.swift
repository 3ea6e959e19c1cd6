internal import CZeroMQ
internal import Glibc

/// Waits until something arrives for a stage: from upstream, from a consumer that missed something, or from another thread.
///
/// It belongs to the thread of the sockets that it watches.
public final class Poller {
    /// What a wait found.
    public struct Readiness: Sendable, Equatable {
        fileprivate var bits: UInt64 = 0
        /// A consumer asks; see ``LogPublisher/receiveRequests(limit:into:refused:)``.
        public fileprivate(set) var hasRequests = false
        /// ``Waker/wake()`` was called since the last wait.
        public fileprivate(set) var wasWoken = false

        /// Whether the subscriber at this index in the poller's list has something to drain.
        public func hasItems(subscriber index: Int) -> Bool { bits & (1 << UInt64(index)) != 0 }

        /// Nothing happened within the time.
        public var isTimeout: Bool { bits == 0 && !hasRequests && !wasWoken }
    }

    private let subscribers: [LogSubscriber]
    private let publisher: LogPublisher?
    private let waker: Waker?
    private var items: [zmq_pollitem_t] = []
    /// For each item, the index of its subscriber; the publisher's and the waker's stand at the end.
    private var owners: [Int] = []
    /// `nil` before the first wait.
    private var generations: [Int]?

    /// Watches at most 64 subscribers.
    public init(subscribers: [LogSubscriber], publisher: LogPublisher? = nil, waker: Waker? = nil) {
        precondition(subscribers.count <= 64, "a poller has at most 64 subscribers")
        self.subscribers = subscribers
        self.publisher = publisher
        self.waker = waker
    }

    /// Waits until something can be read, or `timeout` is over; `nil` waits without end.
    ///
    /// A signal may end the wait early, as if the time were over.
    public func wait(timeout: Duration?) throws(BusError) -> Readiness {
        if isStale { rebuild() }
        let milliseconds = timeout?.milliseconds ?? -1
        guard zmq_poll(&items, Int32(items.count), milliseconds) != -1 else {
            let error = ZMQError.last("zmq_poll")
            guard error.code == EINTR else { throw .socket(error) }
            return Readiness()
        }
        var readiness = Readiness()
        for (item, owner) in zip(items, owners) where item.revents != 0 {
            switch owner {
            case Self.publisherOwner: readiness.hasRequests = true
            case Self.wakerOwner:
                readiness.wasWoken = true
                waker?.clear()
            default: readiness.bits |= 1 << UInt64(owner)
            }
        }
        return readiness
    }

    private static let publisherOwner = -1
    private static let wakerOwner = -2

    /// Whether a subscriber has got other sockets since the items were built.
    private var isStale: Bool {
        guard let generations else { return true }
        for (known, subscriber) in zip(generations, subscribers) where known != subscriber.generation { return true }
        return false
    }

    private func rebuild() {
        items.removeAll(keepingCapacity: true)
        owners.removeAll(keepingCapacity: true)
        let readable = Int16(ZMQ_POLLIN)
        for (index, subscriber) in subscribers.enumerated() {
            subscriber.forEachSocket { pointer in
                items.append(zmq_pollitem_t(socket: pointer, fd: 0, events: readable, revents: 0))
                owners.append(index)
            }
        }
        if let publisher {
            items.append(zmq_pollitem_t(socket: publisher.requests.pointer, fd: 0, events: readable, revents: 0))
            owners.append(Self.publisherOwner)
        }
        if let waker {
            items.append(zmq_pollitem_t(socket: nil, fd: waker.descriptor, events: readable, revents: 0))
            owners.append(Self.wakerOwner)
        }
        generations = subscribers.map(\.generation)
    }
}
