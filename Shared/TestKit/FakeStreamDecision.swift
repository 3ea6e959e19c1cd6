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
    private let state = Mutex<(number: Int, refusal: FakeVenue.Reply?)>((0, nil))

    var number: Int { state.withLock { $0.number } }
    var refusal: FakeVenue.Reply? { state.withLock { $0.refusal } }

    func take(number: Int, refuse: (Int) -> FakeVenue.Reply?) {
        let refusal = refuse(number)
        state.withLock { $0 = (number, refusal) }
    }
}
