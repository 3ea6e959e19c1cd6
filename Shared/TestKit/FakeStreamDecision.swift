internal import Synchronization

/// Counts the websockets of a venue from zero.
final class FakeStreamCount: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            defer { count += 1 }
            return count
        }
    }
}

/// What was decided about the upgrade of one connection.
final class FakeStreamDecision: Sendable {
    private let state = Mutex<(number: Int, target: String, refusal: FakeVenue.Reply?)>((0, "", nil))

    var number: Int { state.withLock { $0.number } }
    /// The path and the query that were asked for.
    var target: String { state.withLock { $0.target } }
    var refusal: FakeVenue.Reply? { state.withLock { $0.refusal } }

    func take(number: Int, target: String, refuse: (Int) -> FakeVenue.Reply?) {
        let refusal = refuse(number)
        state.withLock { $0 = (number, target, refusal) }
    }
}
