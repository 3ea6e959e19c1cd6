import HTTP
import Schema
import TestKit
import TestTraits
import Testing

/// A client that draws its masking keys from a seed and whose clock stands still at one second.
func webSocketClient(_ options: WebSocketOptions = WebSocketOptions()) throws -> WebSocketClient<SplitMix64> {
    try WebSocketClient(options: options, now: { 1_000_000_000 }, random: SplitMix64(seed: 7))
}

/// The first messages of a connection, and the error that ends it, if the first `limit` do not come before that.
func receive(
    from venue: FakeStreamVenue, _ client: WebSocketClient<SplitMix64>, limit: Int = .max, sending texts: [String] = []
) async throws -> (messages: [WebSocketMessage], end: WebSocketError?) {
    try await client.withConnection(to: WebSocketAddress(venue.streamURL)) { connection in
        for text in texts { try await connection.send(text) }
        var messages: [WebSocketMessage] = []
        let all = connection.messages
        do throws(WebSocketError) {
            for try await message in all {
                messages.append(message)
                if messages.count == limit { return (messages, nil) }
            }
            return (messages, nil)
        } catch {
            return (messages, error)
        }
    }
}

@Suite("Websocket client", .sockets, .timeLimit(.minutes(20)))
struct WebSocketClientTests {
    private func texts(_ messages: [WebSocketMessage]) -> [String] {
        messages.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("What is sent arrives, and what comes back comes in order and whole, however it is cut into frames")
    func echo() async throws {
        let long = String(repeating: "añ€😀", count: 30_000)
        let behaviour = FakeStreamVenue.Behaviour { peer in
            for await text in peer.texts {
                for fragments in 1...7 { try await peer.send(text, fragments: fragments) }
            }
        }
        try await FakeStreamVenue.run(behaviour) { venue in
            let (messages, end) = try await receive(
                from: venue, try webSocketClient(), limit: 14, sending: ["first", long])
            #expect(end == nil)
            #expect(texts(messages) == Array(repeating: "first", count: 7) + Array(repeating: long, count: 7))
            #expect(messages.allSatisfy { $0.kind == .text && $0.receivedNanoseconds == 1_000_000_000 })
        }
    }

    @Test("A ping is answered with its own payload, also while nobody takes messages")
    func ping() async throws {
        let behaviour = FakeStreamVenue.Behaviour { peer in
            try await peer.ping("are you there")
            for await text in peer.texts where text == "pong:are you there" {
                try await peer.send(binary: [1, 2, 3])
            }
        }
        try await FakeStreamVenue.run(behaviour) { venue in
            let (messages, _) = try await receive(from: venue, try webSocketClient(), limit: 1)
            #expect(messages.first?.kind == .binary && messages.first?.bytes == [1, 2, 3])
        }
    }

    @Test("The server's closing ends the messages after the last one, with its code and reason, and is answered")
    func serverCloses() async throws {
        let answered = AsyncStream<String>.makeStream()
        let behaviour = FakeStreamVenue.Behaviour { peer in
            try await peer.send("last")
            try await peer.close(code: 1012, reason: "restart")
            for await text in peer.texts { answered.continuation.yield(text) }
        }
        try await FakeStreamVenue.run(behaviour) { venue in
            let (messages, end) = try await receive(from: venue, try webSocketClient())
            #expect(texts(messages) == ["last"])
            #expect(end == .closed(code: 1012, reason: "restart"))
            #expect(await answered.stream.first { _ in true } == "close")
        }
    }

    @Test("Our side closes by the handshake when the closure ends")
    func clientCloses() async throws {
        let heard = AsyncStream<String>.makeStream()
        let behaviour = FakeStreamVenue.Behaviour { peer in
            for await text in peer.texts { heard.continuation.yield(text) }
            heard.continuation.finish()
        }
        try await FakeStreamVenue.run(behaviour) { venue in
            try await webSocketClient().withConnection(to: WebSocketAddress(venue.streamURL)) { connection in
                try await connection.send("hello")
            }
            #expect(await heard.stream.reduce(into: []) { $0.append($1) } == ["hello", "close"])
        }
    }

    @Test("A connection that just ends is told apart from one that was closed")
    func cutOff() async throws {
        let behaviour = FakeStreamVenue.Behaviour { peer in try await peer.send("only") }
        try await FakeStreamVenue.run(behaviour) { venue in
            let (messages, end) = try await receive(from: venue, try webSocketClient())
            #expect(texts(messages) == ["only"])
            guard case .interrupted = end else {
                Issue.record("it ended with \(String(describing: end))")
                return
            }
        }
    }

    @Test("A refused upgrade gives the status and how long to wait")
    func refusedUpgrade() async throws {
        let behaviour = FakeStreamVenue.Behaviour(
            refuse: { _ in FakeVenue.Reply(429, headers: [("Retry-After", "7")]) }, stream: { _ in })
        try await FakeStreamVenue.run(behaviour) { venue in
            await #expect(throws: WebSocketError.notUpgraded(status: 429, retryAfter: .seconds(7))) {
                _ = try await receive(from: venue, try webSocketClient())
            }
        }
    }

    @Test("A server that sends nothing and answers no ping is given up; one that answers is not")
    func silence() async throws {
        let client = try webSocketClient(WebSocketOptions(keepAlive: .seconds(2)))
        for answersPings in [false, true] {
            let behaviour = FakeStreamVenue.Behaviour(answersPings: answersPings) { peer in
                // Longer than it is waited for without an answer, which on a busy machine may take a while to come.
                try await Task.sleep(for: .seconds(5))
                try await peer.send("awake")
                for await _ in peer.texts {}
            }
            try await FakeStreamVenue.run(behaviour) { venue in
                let (messages, end) = try await receive(from: venue, client, limit: 1)
                #expect(messages.count == (answersPings ? 1 : 0))
                #expect(end == (answersPings ? nil : .silent))
            }
        }
    }

    @Test("Cancelling ends a connection that waits for messages, and one that is being made")
    func cancellation() async throws {
        let silent = try FakeVenue { _, _ in FakeVenue.Reply(fault: .stalled) }
        let behaviour = FakeStreamVenue.Behaviour { peer in for await _ in peer.texts {} }
        try await FakeStreamVenue.run(behaviour) { venue in
            for url in [venue.streamURL, "ws://127.0.0.1:\(silent.port)"] {
                let task = Task {
                    try await webSocketClient().withConnection(to: WebSocketAddress(url)) { connection in
                        for try await _ in connection.messages {}
                    }
                }
                try await Task.sleep(for: .milliseconds(50))
                task.cancel()
                await #expect(throws: WebSocketError.cancelled) { try await task.value }
            }
        }
        withExtendedLifetime(silent) {}
    }

    @Test("Where nothing listens, the connection is refused")
    func nothingListens() async throws {
        let address = try WebSocketAddress("ws://127.0.0.1:\(FakeVenue.unusedPort())")
        await #expect(throws: WebSocketError.refused("nothing listens")) {
            try await webSocketClient().withConnection(to: address) { _ in }
        }
    }

    @Test("A server that accepts and never answers the upgrade runs into the timeout")
    func noAnswer() async throws {
        let venue = try FakeVenue { _, _ in FakeVenue.Reply(fault: .stalled) }
        let client = try webSocketClient(WebSocketOptions(connectTimeout: .milliseconds(100)))
        await #expect(throws: WebSocketError.timeout) {
            try await client.withConnection(to: WebSocketAddress("ws://127.0.0.1:\(venue.port)")) { _ in }
        }
        withExtendedLifetime(venue) {}
    }
}
