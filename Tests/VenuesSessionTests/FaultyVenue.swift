import Market
import Schema
import Synchronization
import TestKit
import Venues

/// A venue that trades a ``ScriptedMarket`` over real sockets, and fails as its seed says until it is healed.
final class FaultyVenue: Sendable {
    private struct State {
        var random: SplitMix64
        var peers: [Int: AsyncStream<Int>.Continuation] = [:]
        /// Those that have asked for a new snapshot.
        var renewals: Set<Int> = []
        var isGone = false
        var isHealed = false
        /// Requests and upgrades refused for sending too many, and subscriptions refused.
        var refusals = 0
    }

    let market: ScriptedMarket
    let style: ScriptedStyle
    private let seed: UInt64
    private let oneIn: Int
    private let state: Mutex<State>

    init(_ market: ScriptedMarket, _ style: ScriptedStyle, seed: UInt64, oneIn: Int) {
        self.market = market
        self.style = style
        self.seed = seed
        self.oneIn = oneIn
        state = Mutex(State(random: SplitMix64(seed: seed)))
    }

    var refusals: Int { state.withLock { $0.refusals } }

    /// Ends all faults; connections that are stalled stay so.
    func heal() {
        state.withLock { state in
            state.isHealed = true
            state.isGone = false
        }
    }

    /// Whether something that happens once in `oneIn` times happens now.
    private func happens(oneIn: Int) -> Bool {
        state.withLock { state in
            guard !state.isHealed, Int.random(in: 0..<oneIn, using: &state.random) == 0 else { return false }
            state.refusals += 1
            return true
        }
    }

    /// Lets the next step of the market happen, and now and then the venue be gone for a while, or come back.
    func step() {
        state.withLock { state in
            let step = market.position
            market.advance()
            if !state.isHealed, Int.random(in: 0..<(state.isGone ? 20 : 400), using: &state.random) == 0 {
                state.isGone.toggle()
                if state.isGone {
                    for peer in state.peers.values { peer.finish() }
                    state.peers = [:]
                }
            }
            for peer in state.peers.values { peer.yield(step) }
        }
    }

    var behaviour: FakeStreamVenue.Behaviour {
        FakeStreamVenue.Behaviour(
            answer: { [self] request in answer(request) },
            refuse: { [self] _ in
                happens(oneIn: 6) ? FakeVenue.Reply(429, headers: [("Retry-After", "1")]) : nil
            },
            isGone: { [self] in state.withLock { $0.isGone } },
            stream: { [self] peer in try await serve(peer) })
    }

    private func answer(_ request: FakeVenue.Request) -> FakeVenue.Reply {
        if happens(oneIn: 6) { return FakeVenue.Reply(429, headers: [("Retry-After", "1")]) }
        if happens(oneIn: 12) { return FakeVenue.Reply(503) }
        // Archives lag behind the stream by a few steps.
        let lag = state.withLock { $0.isHealed ? 0 : Int.random(in: 0...3, using: &$0.random) }
        let position = max(0, market.position - lag)
        var numbers: [Double] = []
        switch request.path {
        case "/trades":
            let after = request.query["after"].flatMap { Int($0) } ?? 0
            for step in market.steps[..<position].dropFirst(after) {
                numbers += [
                    Double(step.trade.number), step.trade.price, step.trade.quantity,
                    Double(step.trade.time.milliseconds),
                ]
            }
        case "/candles":
            let from = request.query["from"].flatMap { Int64($0) } ?? 0
            let to = request.query["to"].flatMap { Int64($0) } ?? 0
            for step in 0..<position where market.closesCandle(step) {
                let candle = market.candle(after: step)
                guard (from..<to).contains(candle.openMilliseconds) else { continue }
                numbers += [
                    Double(candle.openMilliseconds), candle.open, candle.high, candle.low, candle.close, candle.volume,
                ]
            }
        case "/depth": numbers = [Double(position)] + levels(position)
        case "/time": numbers = [Double(ScriptedMarket.start.milliseconds)]
        default: return FakeVenue.Reply(404)
        }
        return FakeVenue.Reply(200, (numbers.map { "\($0)" } + ["#"]).joined(separator: " "))
    }

    private func levels(_ position: Int) -> [Double] {
        guard let best = try? market.book(after: position).best(.max) else { return [] }
        return best.bids.flatMap { [$0.price, $0.quantity] } + best.asks.flatMap { [-$0.price, $0.quantity] }
    }

    private func serve(_ peer: FakeStreamPeer) async throws {
        let faults = StreamFaults(seed: seed &+ UInt64(peer.number) &* 7919, oneIn: oneIn)
        var stream = FaultyStream(peer, state.withLock { $0.isHealed } ? nil : faults)
        var number = 0
        func send(_ text: String) async throws {
            number += 1
            if state.withLock({ $0.isHealed }) { stream.heal() }
            try await stream.send(style == .counted ? "\(number) \(text)" : text)
        }
        guard await peer.texts.first(where: { _ in true }) == "SUBSCRIBE" else { return }
        if happens(oneIn: 8) {
            try await peer.send(style == .counted ? "1 NO #" : "NO #")
            for await _ in peer.texts {}
            return
        }
        let (steps, continuation) = AsyncStream<Int>.makeStream()
        let position = state.withLock { state in
            state.peers[peer.number] = continuation
            return market.position
        }
        // Answers are not disturbed, or nothing would ever begin.
        number += 1
        try await peer.send(style == .counted ? "\(number) OK #" : "OK #")
        if style == .counted { try await send(snapshot(position)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for await text in peer.texts where text == "RENEW" {
                    state.withLock { _ = $0.renewals.insert(peer.number) }
                }
            }
            defer { group.cancelAll() }
            for await step in steps {
                for frame in frames(step) { try await send(frame) }
                let isRenewed = state.withLock { $0.renewals.remove(peer.number) != nil }
                if isRenewed, style == .counted { try await send(snapshot(step + 1)) }
            }
        }
    }

    private func snapshot(_ position: Int) -> String {
        let numbers = levels(position).map { "\($0)" }.joined(separator: " ")
        return "S \(ScriptedMarket.start.milliseconds) \(numbers) #"
    }

    /// What the venue sends about one step.
    private func frames(_ step: Int) -> [String] {
        let (trade, change) = (market.steps[step].trade, market.steps[step].change)
        let (time, candle) = (trade.time.milliseconds, market.candle(after: step))
        return [
            "T \(trade.number) \(trade.price) \(trade.quantity) \(time) #",
            "D \(step + 1) \(step + 1) \(change.price) \(change.quantity) \(time) #",
            "Q \(step + 1) 999 1 1001 1 \(time) #",
            "K \(candle.openMilliseconds) \(candle.open) \(candle.high) \(candle.low) \(candle.close) \(candle.volume) "
                + "\(market.closesCandle(step) ? 1 : 0) #",
        ]
    }
}
