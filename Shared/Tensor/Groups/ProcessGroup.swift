internal import CTorch

/// Processes, or threads, that compute together; each is a rank, counted from 0.
///
/// Connected by Gloo over TCP, without encryption: for hosts in one private network. All ranks call the same operations
/// in the same order. When they do not, or one is gone or does not come within the timeout, the others get a
/// ``TensorError``; the group is of no use then, and a new one needs a new name.
public final class ProcessGroup: @unchecked Sendable {  // the door lets one thread in at a time
    /// The number of this rank, from 0.
    public let rank: Int
    /// The number of ranks.
    public let size: Int
    private let handle: OpaquePointer
    private let callbacks: RendezvousCallbacks

    /// Waits for all other ranks, and connects with them.
    ///
    /// - Parameters:
    ///   - name: the same on all ranks, and never used before in this rendezvous: keys begin with it.
    ///   - rank: the number of this rank, in `0..<size`.
    ///   - size: the number of ranks, up to 1024.
    ///   - address: of this rank's host, a name or a number by which the other ranks reach it.
    ///   - timeout: of each wait, while connecting and later; whole milliseconds, up to a day.
    ///   - rendezvous: where the ranks find each other.
    /// - Throws: what the rendezvous throws, and ``TensorError`` when ranks do not come or cannot be reached.
    public init(
        named name: String, rank: Int, size: Int, at address: String = "127.0.0.1", timeout: Duration,
        rendezvous: any Rendezvous
    ) throws {
        let callbacks = RendezvousCallbacks(rendezvous, prefix: "\(name)/")
        let (seconds, attoseconds) = timeout.components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        var handle: OpaquePointer?
        do {
            var door = callbacks.door
            try Tensor.check("ProcessGroup", []) {
                ctorch_group_new(
                    &door, Int32(clamping: rank), Int32(clamping: size), address,
                    overflow ? seconds : milliseconds + attoseconds / 1_000_000_000_000_000, &handle)
            }
        } catch {
            throw callbacks.failure ?? error
        }
        self.rank = rank
        self.size = size
        self.callbacks = callbacks
        // The door fills it when it answers 0.
        self.handle = handle!
    }

    deinit { ctorch_group_free(handle) }

    /// Overwrites the elements by their sums over all ranks: the same bits on each, and in each run with as many ranks.
    public func sum(_ tensor: Tensor) throws(TensorError) {
        try Tensor.check("sum", [tensor]) { ctorch_group_sum(handle, tensor.handle) }
    }

    /// Overwrites the elements by those of rank `root`.
    public func broadcast(_ tensor: Tensor, from root: Int = 0) throws(TensorError) {
        try Tensor.check("broadcast", [tensor]) {
            ctorch_group_broadcast(handle, tensor.handle, Int32(clamping: root))
        }
    }

    /// Whether all ranks have these numbers, which are as many on each: the same answer on all.
    public func areEqual(_ numbers: [Int64]) throws(TensorError) -> Bool {
        let first = try Tensor(numbers, shape: [numbers.count])
        try broadcast(first)
        let differences = try Tensor([Int64(try first.integers() == numbers ? 0 : 1)], shape: [1])
        try sum(differences)
        return try differences.item() == 0
    }

    /// Waits until all ranks have come here.
    public func barrier() throws(TensorError) {
        try Tensor.check("barrier", []) { ctorch_group_barrier(handle) }
    }
}
