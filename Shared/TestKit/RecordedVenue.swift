public import Schema
internal import Synchronization

/// A venue that plays a ``RecordedMarket`` over real sockets, and fails as its seed says until it is healed.
///
/// Nothing happens by itself: a test calls ``step()`` as often and as fast as it likes.
public final class RecordedVenue: Sendable {
    private enum Cue: Sendable {
        case step(Int)
        case text(String)
    }

    private struct State {
        var random: SplitMix64
        var position = 0
        var peers: [Int: AsyncStream<Cue>.Continuation] = [:]
        var isGone = false
        var isHealed: Bool
        var refusals = 0
        var heard = 0
    }

    private let market: any RecordedMarket
    private let seed: UInt64
    private let faults: [StreamFaults.Fault]
    private let oneIn: Int
    private let state: Mutex<State>

    /// Creates a venue at the beginning of its recording.
    ///
    /// - Parameters:
    ///   - market: what it plays.
    ///   - seed: makes the same faults again.
    ///   - faults: what goes wrong with frames; if empty, nothing goes wrong at all.
    ///   - oneIn: how many frames have one fault among them, on average.
    public init(
        _ market: any RecordedMarket, seed: UInt64 = 0, faults: [StreamFaults.Fault] = [], oneIn: Int = 150
    ) {
        self.market = market
        self.seed = seed
        self.faults = faults
        self.oneIn = oneIn
        state = Mutex(State(random: SplitMix64(seed: seed), isHealed: faults.isEmpty))
    }

    /// Steps that have happened.
    public var position: Int { state.withLock { $0.position } }
    /// What the venue's clock shows.
    public var time: UnixNanos { market.time(after: position) }
    /// Requests and upgrades that were refused.
    public var refusals: Int { state.withLock { $0.refusals } }
    /// Texts of clients that have been answered.
    public var heard: Int { state.withLock { $0.heard } }

    /// Ends all faults; connections that are stalled stay so.
    public func heal() {
        state.withLock { state in
            state.isHealed = true
            state.isGone = false
        }
    }

    /// Lets the next step of the recording happen.
    ///
    /// Where connections are cut, the venue is gone for a while now and then.
    ///
    /// - Returns: whether there was one.
    public func step() -> Bool {
        state.withLock { state in
            guard state.position < market.stepCount else { return false }
            let step = state.position
            state.position += 1
            if !state.isHealed, faults.contains(.cut),
                Int.random(in: 0..<(state.isGone ? 20 : 4 * oneIn), using: &state.random) == 0
            {
                state.isGone.toggle()
                if state.isGone {
                    for peer in state.peers.values { peer.finish() }
                    state.peers = [:]
                }
            }
            for peer in state.peers.values { peer.yield(.step(step)) }
            return true
        }
    }

    /// Real sockets for it.
    public var behaviour: FakeStreamVenue.Behaviour {
        FakeStreamVenue.Behaviour(
            answer: { [self] request in answer(request) },
            refuse: { [self] _ in refuses(oneIn: 6) ? Self.tooMany : nil },
            isGone: { [self] in state.withLock { $0.isGone } },
            stream: { [self] peer in try await serve(peer) })
    }

    private static let tooMany = FakeVenue.Reply(429, headers: [("Retry-After", "1")])

    /// Whether something is refused that is so once in `oneIn` times.
    private func refuses(oneIn: Int) -> Bool {
        state.withLock { state in
            guard !state.isHealed, Int.random(in: 0..<oneIn, using: &state.random) == 0 else { return false }
            state.refusals += 1
            return true
        }
    }

    private func answer(_ request: FakeVenue.Request) -> FakeVenue.Reply {
        if refuses(oneIn: 6) { return Self.tooMany }
        if refuses(oneIn: 12) { return FakeVenue.Reply(503) }
        // Archives lag behind the stream by a few steps.
        let position = state.withLock { state in
            max(0, state.position - (state.isHealed ? 0 : Int.random(in: 0...3, using: &state.random)))
        }
        return market.answer(request, after: position)
    }

    private func serve(_ peer: FakeStreamPeer) async throws {
        var conversation = market.conversation(target: peer.target)
        var stream = FaultyStream(
            peer, faults.isEmpty ? nil : StreamFaults(seed: seed &+ UInt64(peer.number) &* 7919, faults, oneIn: oneIn))
        let (cues, continuation) = AsyncStream<Cue>.makeStream()
        var steps = state.withLock { state in
            state.peers[peer.number] = continuation
            return state.position
        }
        defer { state.withLock { _ = $0.peers.removeValue(forKey: peer.number) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // "close" and "pong:…" are what the peer says of control frames.
                for await text in peer.texts where text != "close" && !text.hasPrefix("pong:") {
                    continuation.yield(.text(text))
                }
            }
            defer { group.cancelAll() }
            for await cue in cues {
                let frames: [String]
                switch cue {
                case .step(let step):
                    frames = conversation.tell(step)
                    steps = step + 1
                case .text(let text): frames = conversation.hear(text, after: steps)
                }
                for frame in frames {
                    if state.withLock({ $0.isHealed }) { stream.heal() }
                    try await stream.send(frame)
                }
                if case .text = cue { state.withLock { $0.heard += 1 } }
            }
        }
    }
}
