public import Schema

/// How much a node keeps and how patient it is.
public struct NodeSettings: Sendable, Equatable {
    /// Batches between two snapshots; the same for every node of a pipeline.
    public var snapshotEvery: UInt64
    /// Batches kept for consumers that missed some; more than `snapshotEvery`, so that one crash makes no other node go back.
    public var ringCapacity: Int
    /// Batches that may wait at an input.
    public var inboxCapacity: Int
    /// Batches asked for, and sent, at once.
    public var pageLimit: Int
    /// Positions after which taken batches are acknowledged.
    public var acknowledgeEvery: UInt64
    /// Ticks after which a request without an answer is repeated.
    public var requestPatience: Int
    /// Ticks without a sign of life from any input after which all are asked.
    public var probeAfter: Int
    /// Batches that may be processed before their rows are stored.
    public var unstoredLimit: Int
    /// A batch with such a message is stored before anybody hears of it: an order's intent before the order.
    public var storedFirst: Set<Message.Kind>
    /// Whether the node waits when its ring is full of what a consumer has not taken: in a replay, where time can wait.
    ///
    /// Live, it runs on, and a consumer that was away too long makes it compute again.
    public var keepsPace: Bool

    public init(
        snapshotEvery: UInt64 = 256, ringCapacity: Int = 1024, inboxCapacity: Int = 512, pageLimit: Int = 256,
        acknowledgeEvery: UInt64 = 256, requestPatience: Int = 5, probeAfter: Int = 5, unstoredLimit: Int = 512,
        storedFirst: Set<Message.Kind> = [], keepsPace: Bool = true
    ) {
        precondition(snapshotEvery > 0 && ringCapacity > 0 && inboxCapacity > 1 && pageLimit > 0 && unstoredLimit > 0)
        self.snapshotEvery = snapshotEvery
        self.ringCapacity = ringCapacity
        self.inboxCapacity = inboxCapacity
        self.pageLimit = pageLimit
        self.acknowledgeEvery = acknowledgeEvery
        self.requestPatience = requestPatience
        self.probeAfter = probeAfter
        self.unstoredLimit = unstoredLimit
        self.storedFirst = storedFirst
        self.keepsPace = keepsPace
    }
}
