internal import Schema

/// Decides, from a seed, what goes wrong with the frames that a venue sends.
public struct StreamFaults: Sendable {
    /// What happens to one frame, or instead of it.
    public enum Fault: Sendable, CaseIterable {
        /// It is never sent.
        case dropped
        /// It is sent twice.
        case duplicated
        /// It is sent a little later, and all after it too.
        case delayed
        /// It is sent after the next one.
        case swapped
        /// Only its first half is sent.
        case truncated
        /// Something else is sent instead.
        case garbled
        /// Nothing more is sent, and the connection stays.
        case stalled
        /// The connection ends without a closing handshake.
        case cut
        /// The connection ends by the closing handshake.
        case closed
    }

    private var random: SplitMix64
    private let faults: [Fault]
    private let oneIn: Int

    /// Creates a source of faults.
    ///
    /// - Parameters:
    ///   - seed: makes the same faults again.
    ///   - faults: those that happen, each as often as the others.
    ///   - oneIn: how many frames have one fault among them, on average.
    public init(seed: UInt64, _ faults: [Fault] = Fault.allCases, oneIn: Int) {
        precondition(oneIn > 0 && !faults.isEmpty, "faults happen, if rarely")
        random = SplitMix64(seed: seed)
        self.faults = faults
        self.oneIn = oneIn
    }

    /// What happens to the next frame; `nil` for nothing.
    public mutating func next() -> Fault? {
        guard Int.random(in: 0..<oneIn, using: &random) == 0 else { return nil }
        return faults.randomElement(using: &random)
    }

    /// Text that no venue sends.
    public mutating func garbage() -> String {
        String(
            (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Character(UnicodeScalar(UInt8.random(in: 0x20...0x7E, using: &random)))
            })
    }
}

/// Sends frames to a client, and lets go wrong with them what a ``StreamFaults`` says.
public struct FaultyStream: Sendable {
    /// The connection has to end.
    public struct Ended: Error {}

    private let peer: FakeStreamPeer
    private var faults: StreamFaults?
    private var heldBack: String?

    public init(_ peer: FakeStreamPeer, _ faults: StreamFaults?) { (self.peer, self.faults) = (peer, faults) }

    /// Lets nothing go wrong any more.
    public mutating func heal() { faults = nil }

    /// Sends a frame, or not.
    ///
    /// - Throws: ``Ended`` when the connection has to end now.
    public mutating func send(_ frame: String) async throws {
        let late = heldBack
        heldBack = nil
        switch faults?.next() {
        case nil: try await peer.send(frame)
        case .dropped: break
        case .duplicated:
            try await peer.send(frame)
            try await peer.send(frame, fragments: 3)
        case .delayed:
            try await Task.sleep(for: .milliseconds(5))
            try await peer.send(frame)
        case .swapped: heldBack = frame
        case .truncated: try await peer.send(String(frame.prefix(frame.count / 2)))
        case .garbled: try await peer.send(faults?.garbage() ?? "")
        case .stalled:
            // Until the client has had enough.
            try await Task.sleep(for: .seconds(3600))
        case .cut: throw Ended()
        case .closed:
            try await peer.close(code: 1012, reason: "maintenance")
            // Until the client has answered.
            try await Task.sleep(for: .seconds(3600))
        }
        if let late { try await peer.send(late) }
    }
}
