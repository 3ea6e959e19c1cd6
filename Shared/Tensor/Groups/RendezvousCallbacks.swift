internal import CTorch
internal import Synchronization

/// A ``Rendezvous`` as the C door calls it.
///
/// The door's pointers do not keep it alive: it must live as long as the group that was made with it.
final class RendezvousCallbacks: Sendable {
    private let rendezvous: any Rendezvous
    private let prefix: String
    private let firstFailure = Mutex<(any Error)?>(nil)

    init(_ rendezvous: any Rendezvous, prefix: String) {
        self.rendezvous = rendezvous
        self.prefix = prefix
    }

    /// What the rendezvous threw first, if it threw.
    var failure: (any Error)? { firstFailure.withLock { $0 } }

    /// The callbacks.
    var door: ctorch_rendezvous {
        ctorch_rendezvous(
            context: Unmanaged.passUnretained(self).toOpaque(),
            set: { context, key, bytes, count in
                RendezvousCallbacks.of(context).status { rendezvous, prefix in
                    let value = Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
                    try rendezvous.set(prefix + String(cString: key!), value)
                }
            },
            get: { context, key, milliseconds, take, place in
                // Who only looks is not told why nothing is there: it is no failure.
                RendezvousCallbacks.of(context).status(remembersFailure: milliseconds > 0) { rendezvous, prefix in
                    let value = try rendezvous.get(
                        prefix + String(cString: key!), within: .milliseconds(milliseconds))
                    value.withUnsafeBufferPointer { take!(place, $0.baseAddress, Int64($0.count)) }
                }
            },
            add: { context, key, amount, sum in
                RendezvousCallbacks.of(context).status { rendezvous, prefix in
                    sum!.pointee = try rendezvous.add(prefix + String(cString: key!), amount)
                }
            })
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> RendezvousCallbacks {
        // The door hands back what it was given, and all pointers of its calls are set.
        Unmanaged<RendezvousCallbacks>.fromOpaque(context!).takeUnretainedValue()
    }

    private func status(
        remembersFailure: Bool = true, _ body: (_ rendezvous: any Rendezvous, _ prefix: String) throws -> Void
    ) -> Int32 {
        do {
            try body(rendezvous, prefix)
            return 0
        } catch {
            if remembersFailure { firstFailure.withLock { $0 = $0 ?? error } }
            return -1
        }
    }
}
